#!/usr/bin/env python3
"""`facet eval detect|pose --results` against pycocotools, on random seeded cases with crowds, ties and thresholds hit exactly.

usage: quality_coco.py FACET [--cases N]
Exit code 77 (skipped) where the peer is missing.
"""
import argparse
import contextlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
except ImportError as error:
    print(f"SKIPPED: {error}; script/setup --tests installs the peers", file=sys.stderr)
    sys.exit(77)


def quarter(dice, low, high):
    """A multiple of 1/4, exact in single and double precision, so that both sides see the same boxes."""
    return dice.randint(int(low * 4), int(high * 4)) / 4


def random_case(seed, poses):
    dice = random.Random(seed)
    categories = [{"id": i, "name": f"class {i}"} for i in ([1] if poses else sorted(dice.sample(range(1, 91), 4)))]
    images = [{"id": i, "file_name": f"{i}.jpg", "width": 640, "height": 480} for i in dice.sample(range(1, 1000), dice.randint(1, 8))]
    annotations, results = [], []
    for image in images:
        for _ in range(dice.randint(0, 9)):
            category = dice.choice(categories)["id"]
            width, height = quarter(dice, 8, 120), quarter(dice, 8, 120)
            x, y = quarter(dice, 0, 640 - width), quarter(dice, 0, 480 - height)
            truth = {"id": len(annotations) + 1, "image_id": image["id"], "category_id": category, "bbox": [x, y, width, height],
                     "area": width * height * dice.choice([0.5, 1.0]), "iscrowd": int(dice.random() < 0.1)}
            keypoints = [[quarter(dice, x, x + width), quarter(dice, y, y + height), dice.choice([0, 1, 2, 2])] for _ in range(17)]
            if poses:
                if dice.random() < 0.15:
                    keypoints = [[0, 0, 0]] * 17
                truth["keypoints"] = sum(keypoints, [])
                truth["num_keypoints"] = sum(point[2] > 0 for point in keypoints)
            annotations.append(truth)
            for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
                step = dice.choice([0, 0.25, 1, 4, 16])
                result = {"image_id": image["id"], "category_id": category if dice.random() < 0.9 else dice.choice(categories)["id"],
                          "score": dice.randint(1, 64) / 64,  # few values: ties are frequent
                          "bbox": [x + dice.choice([-step, 0, step]), y + dice.choice([-step, 0, step]), width, height]}
                if poses:
                    result["keypoints"] = sum(([p[0] + dice.choice([-step, 0, step]), p[1], 1] for p in keypoints), [])
                results.append(result)
        for _ in range(dice.choice([0, 0, 2, 150])):  # invented ones, at times more than take part
            result = {"image_id": image["id"], "category_id": dice.choice(categories)["id"], "score": dice.randint(1, 64) / 64,
                      "bbox": [quarter(dice, 0, 500), quarter(dice, 0, 400), 40.0, 40.0]}
            if poses:
                result["keypoints"] = [quarter(dice, 0, 600) for _ in range(51)]
            results.append(result)
    return {"images": images, "categories": categories, "annotations": annotations}, results


def pycocotools_figures(truth_path, results_path, poses):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(truth_path))
        evaluation = COCOeval(truth, truth.loadRes(str(results_path)), "keypoints" if poses else "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][..., 0, -1]  # thresholds x recalls x classes, area "all", the largest maxDets
    recall = evaluation.eval["recall"][..., 0, -1]

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else 0.0

    if poses:
        return {"oks_ap": mean(precision), "oks_ap50": mean(precision[0]), "oks_ap75": mean(precision[5]), "recall": mean(recall)}
    return {"ap50_95": mean(precision), "ap50": mean(precision[0]), "ap75": mean(precision[5]), "recall": mean(recall)}


def facet_figures(facet, truth_path, results_path, poses):
    command = [facet, "eval", "pose" if poses else "detect", "--results", str(results_path), "--truth", str(truth_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facet")
    parser.add_argument("--cases", type=int, default=40)
    options = parser.parse_args()
    problems = []
    compared = 0
    with tempfile.TemporaryDirectory() as folder:
        truth_path, results_path = pathlib.Path(folder, "truth.json"), pathlib.Path(folder, "results.json")
        for poses in (False, True):
            for seed in range(options.cases):
                truth, results = random_case(seed, poses)
                if not results:
                    continue  # pycocotools refuses an empty list
                truth_path.write_text(json.dumps(truth))
                results_path.write_text(json.dumps(results))
                theirs = pycocotools_figures(truth_path, results_path, poses)
                ours = facet_figures(options.facet, truth_path, results_path, poses)
                compared += 1
                for key, value in theirs.items():
                    if abs(ours[key] - value) > 2e-6:
                        problems.append(f"{'poses' if poses else 'boxes'}, seed {seed}: {key}: facet {ours[key]}, pycocotools {value}")
    print("\n".join(problems[:40]))
    print(f"{compared} cases, {len(problems)} figures differ")
    return 1 if problems or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
