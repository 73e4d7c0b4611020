#!/usr/bin/env python3
"""`facet eval track` against TrackEval 1.3.0 and py-motmetrics 1.4.0, on random seeded cases and on groundtruth/mot.

usage: quality_mot.py FACET [--cases N] [--data DIR]
Exit code 77 (skipped) where a peer is missing.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import motmetrics
    import numpy as np
    import trackeval
except ImportError as error:
    print(f"SKIPPED: {error}; script/setup --tests installs the peers", file=sys.stderr)
    sys.exit(77)

# Row: frame, id, left, top, width, height.


def facet_figures(facet, truth, tracks, convention):
    command = [facet, "eval", "track", "--tracks", str(tracks), "--truth", str(truth), "--convention", convention, "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def overlaps(a, b):
    """IoU of boxes [left, top, width, height], rows a by columns b."""
    a, b = np.asarray(a, float).reshape(-1, 1, 4), np.asarray(b, float).reshape(1, -1, 4)
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    union = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def by_frame(rows):
    frames = {}
    for row in sorted(rows, key=lambda row: row[:2]):
        frames.setdefault(int(row[0]), []).append(row)
    return frames


def trackeval_figures(truth, tracks):
    truth_frames, track_frames = by_frame(truth), by_frame(tracks)
    truth_ids = {i: n for n, i in enumerate(sorted({row[1] for row in truth}))}
    track_ids = {i: n for n, i in enumerate(sorted({row[1] for row in tracks}))}
    data = {"gt_ids": [], "tracker_ids": [], "similarity_scores": [], "num_timesteps": 0,
            "num_gt_ids": len(truth_ids), "num_tracker_ids": len(track_ids),
            "num_gt_dets": len(truth), "num_tracker_dets": len(tracks)}
    for frame in sorted(set(truth_frames) | set(track_frames)):
        a, b = truth_frames.get(frame, []), track_frames.get(frame, [])
        data["gt_ids"].append(np.array([truth_ids[row[1]] for row in a], int))
        data["tracker_ids"].append(np.array([track_ids[row[1]] for row in b], int))
        data["similarity_scores"].append(overlaps([row[2:6] for row in a], [row[2:6] for row in b]))
        data["num_timesteps"] += 1
    quiet = {"PRINT_CONFIG": False, "THRESHOLD": 0.5}
    hota = trackeval.metrics.HOTA().eval_sequence(data)
    clear = trackeval.metrics.CLEAR(quiet).eval_sequence(data)
    identity = trackeval.metrics.Identity(quiet).eval_sequence(data)
    return {"hota": np.mean(hota["HOTA"]), "deta": np.mean(hota["DetA"]), "assa": np.mean(hota["AssA"]),
            "loca": np.mean(hota["LocA"]), "mota": clear["MOTA"], "motp": clear["MOTP"], "fp": clear["CLR_FP"],
            "fn": clear["CLR_FN"], "idsw": clear["IDSW"], "frag": clear["Frag"], "mt": clear["MT"], "pt": clear["PT"],
            "ml": clear["ML"], "idf1": identity["IDF1"], "idp": identity["IDP"], "idr": identity["IDR"]}


def motmetrics_figures(truth, tracks):
    truth_frames, track_frames = by_frame(truth), by_frame(tracks)
    accumulator = motmetrics.MOTAccumulator()
    for frame in sorted(set(truth_frames) | set(track_frames)):
        a, b = truth_frames.get(frame, []), track_frames.get(frame, [])
        distance = 1 - overlaps([row[2:6] for row in a], [row[2:6] for row in b])
        distance[distance > 0.5] = np.nan
        accumulator.update([row[1] for row in a], [row[1] for row in b], distance, frameid=frame)
    names = {"mota": "mota", "motp": "motp", "num_false_positives": "fp", "num_misses": "fn", "num_switches": "idsw",
             "num_fragmentations": "frag", "mostly_tracked": "mt", "partially_tracked": "pt", "mostly_lost": "ml",
             "num_unique_objects": "ids", "idf1": "idf1", "idp": "idp", "idr": "idr"}
    summary = motmetrics.metrics.create().compute(accumulator, metrics=list(names), name="case")
    figures = {ours: float(summary.loc["case", theirs]) for theirs, ours in names.items()}
    figures["motp"] = 1 - figures["motp"]  # theirs is a mean distance
    return figures


def random_case(seed):
    """Objects that walk, cross and pause; tracks that miss, jitter, swap, break and invent."""
    dice = random.Random(seed)
    truth, tracks = [], []
    names = {}
    next_id = 100
    for identity in range(1, dice.randint(2, 8)):
        x, y = dice.uniform(0, 300), dice.uniform(0, 200)
        vx, vy = dice.uniform(-8, 8), dice.uniform(-5, 5)
        width, height = dice.uniform(20, 60), dice.uniform(30, 90)
        begin, end = dice.randint(1, 15), dice.randint(16, 40)
        for frame in range(begin, end):
            x, y = x + vx, y + vy
            if dice.random() < 0.05:
                continue
            truth.append((frame, identity, round(x, 2), round(y, 2), round(width, 2), round(height, 2)))
            if dice.random() < 0.06 or identity not in names:
                names[identity], next_id = next_id, next_id + 1
            if dice.random() < 0.06:
                other = dice.choice(list(names))
                names[identity], names[other] = names[other], names[identity]
            if dice.random() < 0.15:
                continue
            spread = dice.choice([1, 4, 12])
            box = [round(value + dice.gauss(0, spread), 2) for value in (x, y, width, height)]
            tracks.append((frame, names[identity], box[0], box[1], max(1.0, box[2]), max(1.0, box[3])))
    for frame in range(1, 40):
        if dice.random() < 0.1:
            next_id += 1
            tracks.append((frame, next_id, dice.uniform(0, 300), dice.uniform(0, 200), 40.0, 60.0))
    unique = {(row[0], row[1]): row for row in tracks}
    return truth, list(unique.values())


def write(path, rows):
    path.write_text("".join("{:.0f},{:.0f},{!r},{!r},{!r},{!r},1,-1,-1,-1\n".format(*row) for row in rows))


def read(path, counted=False):
    rows = [[float(cell) for cell in line.split(",")] for line in path.read_text().split()]
    if counted:
        rows = [row for row in rows if row[6] == 1 and row[7] == 1]
    return [tuple(row[:6]) for row in rows]


def compare(name, ours, theirs, problems):
    for key, value in theirs.items():
        if not np.isfinite(value):
            continue  # py-motmetrics divides by nothing where nothing matched
        if abs(ours[key] - float(value)) > 2e-6:
            problems.append(f"{name}: {key}: facet {ours[key]}, peer {float(value)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facet")
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("../shared/data/groundtruth/mot"))
    options = parser.parse_args()
    problems = []
    cases = 0
    with tempfile.TemporaryDirectory() as folder:
        truth_path, tracks_path = pathlib.Path(folder, "gt.txt"), pathlib.Path(folder, "res.txt")
        for seed in range(options.cases):
            truth, tracks = random_case(seed)
            write(truth_path, truth)
            write(tracks_path, tracks)
            compare(f"seed {seed}", facet_figures(options.facet, truth_path, tracks_path, "trackeval"),
                    trackeval_figures(truth, tracks), problems)
            compare(f"seed {seed}", facet_figures(options.facet, truth_path, tracks_path, "motmetrics"),
                    motmetrics_figures(truth, tracks), problems)
            cases += 1
    for sequence in ("TUD-Campus", "MOT16-11"):
        truth_path, tracks_path = options.data / sequence / "gt.txt", options.data / sequence / "res.txt"
        if not truth_path.exists():
            print(f"{truth_path} is missing: {sequence} is not compared", file=sys.stderr)
            continue
        truth, tracks = read(truth_path, counted=True), read(tracks_path)
        for convention, peer in (("trackeval", trackeval_figures), ("motmetrics", motmetrics_figures)):
            ours = facet_figures(options.facet, truth_path, tracks_path, convention)
            compare(f"{sequence}, {convention}", ours, peer(truth, tracks), problems)
            print(f"{sequence}, {convention}: HOTA {ours['hota']:.4f}, MOTA {ours['mota']:.4f}, IDF1 {ours['idf1']:.4f}")
        cases += 1
    print("\n".join(problems[:40]))
    print(f"{cases} cases, {len(problems)} figures differ")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
