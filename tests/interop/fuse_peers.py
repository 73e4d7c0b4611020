"""Compares our weighted box fusion with the authors' package (ensemble-boxes) on random detections.

    .deps/venv/bin/python tests/interop/fuse_peers.py [--tool build/tests/interop/fuse_tool] [--rounds N]

Exit code 77: something needed is missing.
"""

import argparse
import pathlib
import subprocess
import sys

try:
    import numpy as np
    from ensemble_boxes import weighted_boxes_fusion
except ImportError as error:
    print(f"SKIPPED: {error}; install tests/interop/requirements.txt into .deps/venv")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def found_by(random, objects):
    """Boxes (x1, y1, x2, y2 in 0..1), scores and labels of one expert: the objects, moved a little, and false ones."""
    boxes, scores, labels = [], [], []
    for (x, y, w, h), label in objects:
        if random.random() < 0.2:
            continue
        dx, dy, dw, dh = random.normal(0, 0.06, 4) * (w, h, w, h)
        boxes.append(np.clip([x + dx, y + dy, x + dx + w + dw, y + dy + h + dh], 0, 1))
        scores.append(random.uniform(0.05, 0.99))
        labels.append(label if random.random() < 0.9 else int(random.integers(3)))
    return boxes, scores, labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=str(ROOT / "build/tests/interop/fuse_tool"))
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    if not pathlib.Path(arguments.tool).is_file():
        print(f"SKIPPED: {arguments.tool} is missing")
        return 77

    compared = capped = 0
    for seed in range(arguments.rounds):
        random = np.random.default_rng(seed)
        objects = [((*random.uniform(0, 0.8, 2), *random.uniform(0.05, 0.2, 2)), int(random.integers(3)))
                   for _ in range(random.integers(0, 30))]
        experts = [found_by(random, objects) for _ in range(random.integers(1, 5))]
        weights = random.uniform(0.5, 3, len(experts))
        iou_min, score_min = random.choice([0.4, 0.55, 0.7]), random.choice([0.0, 0.3])
        boxes, scores, labels = weighted_boxes_fusion(
            [e[0] for e in experts], [e[1] for e in experts], [e[2] for e in experts], weights=list(weights),
            iou_thr=iou_min, skip_box_thr=score_min)
        text = f"{iou_min} {score_min} {len(experts)} " + " ".join(map(repr, map(float, weights))) + "\n"
        for index, expert in enumerate(experts):
            for (x1, y1, x2, y2), score, label in zip(*expert):
                numbers = (score, x1, y1, x2 - x1, y2 - y1)
                text += f"{index} {label} " + " ".join(repr(float(number)) for number in numbers) + "\n"
        output = subprocess.run([arguments.tool], input=text, capture_output=True, text=True, check=True).stdout
        by_place = lambda row: (row[0], row[2])
        ours = sorted(([float(value) for value in line.split()] for line in output.splitlines()), key=by_place)
        theirs = sorted(([float(label), float(score), x1, y1, x2 - x1, y2 - y1]
                         for (x1, y1, x2, y2), score, label in zip(boxes, scores, labels)), key=by_place)
        if len(ours) == len(theirs):  # ours caps a score at the best of its cluster: fuse/boxes.h says why
            inputs = [score for expert in experts for score in expert[1]]
            for a, b in zip(ours, theirs):
                if b[1] > a[1] + 2e-5 and np.isclose(inputs, a[1], atol=2e-6).any():
                    b[1] = a[1]
                    capped += 1
        if len(ours) != len(theirs) or not np.allclose(ours, theirs, atol=2e-5):
            print(f"FAILED: seed {seed}: {len(ours)} boxes, {len(theirs)} by ensemble-boxes")
            print(np.array(ours), np.array(theirs), sep="\n")
            return 1
        compared += len(ours)
    print(f"ok: {compared} fused boxes of {arguments.rounds} frames agree with ensemble-boxes, {capped} scores capped")
    return 0 if capped * 1000 < compared else 1


if __name__ == "__main__":
    sys.exit(main())
