"""Compares our trackers with public Python trackers on the same detections, judged by TrackEval and py-motmetrics.

    .deps/venv/bin/python tests/interop/track_peers.py [--tool build/tests/interop/track_tool] [--seeds N] [--json]

Detections: the detector's own of TUD-Campus; the truth of MOT16-11 degraded by a seeded script (missed in bursts,
jittered, with false ones that stay for a while) at 30, 10, 5 and 2 frames a second; synthetic scenes with exact truth
(people who cross, people behind a pillar, fast cars of two lanes) at the same rates. All trackers run with their
defaults; those of others are told the frame rate, and run a second time with our thresholds on the score (marked 0.4).
A tracker of ours must not score below the best peer of its kind by more than MARGIN in the mean of a scene's rates
(HOTA, MOTA, IDF1). Exit code 77: something needed is missing.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import motmetrics
    import numpy as np
    import supervision
    import trackers as roboflow
    from trackeval.metrics import CLEAR, HOTA, Identity
except ImportError as error:
    print(f"SKIPPED: {error}; install tests/interop/requirements.txt into .deps/venv")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOT = ROOT.parent / "shared/data/groundtruth/mot"
RATES = (30, 10, 5, 2)
MARGIN = 0.01  # of 1: differences below it change sign with the seed


# --- scenes: {frame from 1: rows}; rows of truth: id, x, y, w, h; of detections: x, y, w, h, score ---


def read_mot(path, keep=lambda row: True):
    frames = {}
    for line in path.read_text().splitlines():
        row = [float(value) for value in line.split(",")]
        if keep(row):
            frames.setdefault(int(row[0]), []).append(row[1:7])
    return frames


def thin(frames, step):
    """Every step-th frame, renumbered."""
    return {(frame - 1) // step + 1: rows for frame, rows in frames.items() if (frame - 1) % step == 0}


def degrade(truth, random, miss=0.15, jitter=0.04, false_per_frame=0.6, rate=30):
    """What a middling detector would see of `truth`: misses in bursts of 0.2 s, noise, low scores where it is unsure, and
    false boxes that stay for 0.15 s."""
    burst = 0.2 * rate
    missing, ghosts, seen = {}, [], {}
    boxes = np.array([row[1:5] for rows in truth.values() for row in rows])
    low, high = boxes[:, :2].min(0), (boxes[:, :2] + boxes[:, 2:]).max(0)
    for frame in range(1, max(truth) + 1):
        rows = []
        for track, x, y, w, h in (row[:5] for row in truth.get(frame, [])):
            if missing.get(track, 0) > 0:
                missing[track] -= 1
                continue
            if random.random() < miss / burst:
                missing[track] = random.poisson(burst)
            dx, dy, dw, dh = random.normal(0, jitter, 4) * (w, h, w, h)
            score = float(np.clip(random.normal(0.75, 0.15), 0.12, 0.99))
            rows.append((x + dx, y + dy, max(w + dw, 2), max(h + dh, 2), score))
        if random.random() < false_per_frame / (0.15 * rate):
            x, y = random.uniform(low, high)
            w, h = boxes[random.integers(len(boxes)), 2:]
            frames_left = random.poisson(0.15 * rate) + 1
            ghosts.append([frames_left, x, y, w, h, float(np.clip(random.normal(0.45, 0.15), 0.12, 0.9))])
        for ghost in ghosts:
            ghost[0] -= 1
            x, y, w, h = np.array(ghost[1:5]) + random.normal(0, jitter, 4) * (ghost[3], ghost[4], ghost[3], ghost[4])
            rows.append((x, y, max(w, 2), max(h, 2), ghost[5]))
        ghosts = [ghost for ghost in ghosts if ghost[0] > 0]
        seen[frame] = rows
    return seen


def people_crossing(random, seconds=40, hidden=False):
    """People of 40x100 walk 60 to 130 pixels a second on a field of 1280x720, speed and direction drifting; `hidden`:
    a pillar of 90 pixels in the middle hides them."""
    truth = {}
    people = []
    next_id = 1
    for frame in range(1, seconds * 30 + 1):
        if random.random() < 0.5 / 30 or frame == 1:
            right = random.random() < 0.5
            speed = random.uniform(60, 130) * (1 if right else -1)
            people.append([next_id, 0.0 if right else 1280.0, random.uniform(200, 600), speed, random.normal(0, 15)])
            next_id += 1
        for person in people:
            person[3] += random.normal(0, 20) * np.sqrt(1 / 30)
            person[4] += random.normal(0, 20) * np.sqrt(1 / 30) - person[4] * 0.5 / 30
            person[1] += person[3] / 30
            person[2] += person[4] / 30
        people = [person for person in people if -5 <= person[1] <= 1285]
        truth[frame] = [
            (i, x - 20, y - 50, 40, 100) for i, x, y, _, _ in people if not (hidden and abs(x - 640) < 45)
        ]
    return truth


def fast_cars(random, seconds=40):
    """Cars of 50x28 on two lanes each way, 250 to 450 pixels a second and never closer than 0.9 s: at 5 frames a second they
    move more than their length between frames, at 2 several times."""
    truth = {}
    cars = []
    next_id = 1
    free_at = [0.0] * 4
    for frame in range(1, seconds * 30 + 1):
        t = frame / 30
        for lane in range(4):
            if t >= free_at[lane] and random.random() < 0.5 / 30:
                right = lane < 2
                speed = random.uniform(250, 450) * (1 if right else -1)
                ahead = [abs(car[3]) for car in cars if car[4] == lane]
                speed = np.sign(speed) * min([abs(speed)] + ahead)  # nobody overtakes inside a lane
                cars.append([next_id, 0.0 if right else 1280.0, 250 + 60 * lane, speed, lane])
                next_id += 1
                free_at[lane] = t + 0.9
        for car in cars:
            car[1] += car[3] / 30
        cars = [car for car in cars if -20 <= car[1] <= 1300]
        truth[frame] = [(i, x - 25, y - 14, 50, 28) for i, x, y, _, _ in cars]
    return truth


# --- trackers: detections -> {frame: rows id, x, y, w, h} ------------------------------------------------------------------


def peer(make):
    def run(detections, rate):
        tracker = make(rate)
        update = getattr(tracker, "update_with_detections", None) or tracker.update
        result = {}
        for frame in range(1, max(detections) + 1):
            rows = np.array(detections.get(frame, []), dtype=float).reshape(-1, 5)
            corners = np.column_stack([rows[:, 0], rows[:, 1], rows[:, 0] + rows[:, 2], rows[:, 1] + rows[:, 3]])
            found = update(supervision.Detections(
                xyxy=corners, confidence=rows[:, 4], class_id=np.zeros(len(rows), dtype=int)))
            result[frame] = [
                (int(track), x1, y1, x2 - x1, y2 - y1)
                for (x1, y1, x2, y2), track in zip(found.xyxy, found.tracker_id) if track >= 0
            ]
        return result
    return run


def ours(tool, name, options="{}"):
    def run(detections, rate):
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder, "det.txt"), pathlib.Path(folder, "res.txt")
            source.write_text("".join(
                f"{frame},-1,{x:.3f},{y:.3f},{w:.3f},{h:.3f},{score:.5f},-1,-1,-1\n"
                for frame in sorted(detections) for x, y, w, h, score in detections[frame]))
            subprocess.run([tool, name, str(rate), source, target, options], check=True)
            return {frame: [row[:5] for row in rows] for frame, rows in read_mot(target).items()}
    return run


PEERS = {
    "bytetrack": {
        "supervision ByteTrack": peer(lambda rate: supervision.ByteTrack(frame_rate=rate)),
        "trackers ByteTrack": peer(lambda rate: roboflow.ByteTrackTracker(frame_rate=rate)),
        "trackers SORT": peer(lambda rate: roboflow.SORTTracker(frame_rate=rate)),
        "trackers ByteTrack, 0.4": peer(lambda rate: roboflow.ByteTrackTracker(
            frame_rate=rate, track_activation_threshold=0.4, high_conf_det_threshold=0.5)),
    },
    "oc-sort": {
        "trackers OC-SORT": peer(lambda rate: roboflow.OCSORTTracker(frame_rate=rate)),
        "trackers OC-SORT, 0.4": peer(lambda rate: roboflow.OCSORTTracker(frame_rate=rate, high_conf_det_threshold=0.4)),
    },
}


# --- judges ----------------------------------------------------------------------------------------------------------------


def overlap(a, b):
    a, b = np.asarray(a, dtype=float).reshape(-1, 4), np.asarray(b, dtype=float).reshape(-1, 4)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    return shared / (a[:, None, 2:].prod(2) + b[None, :, 2:].prod(2) - shared)


def judge(truth, result):
    """HOTA, MOTA, IDF1 by TrackEval; MOTA and IDF1 also by py-motmetrics, which must agree."""
    frames = range(1, max(truth) + 1)
    true_ids = {i: n for n, i in enumerate(sorted({row[0] for rows in truth.values() for row in rows}))}
    found_ids = {i: n for n, i in enumerate(sorted({row[0] for rows in result.values() for row in rows}))}
    data = {"gt_ids": [], "tracker_ids": [], "similarity_scores": []}
    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    for frame in frames:
        true_rows, found_rows = truth.get(frame, []), result.get(frame, [])
        similarity = overlap([row[1:5] for row in true_rows], [row[1:5] for row in found_rows])
        data["gt_ids"].append(np.array([true_ids[row[0]] for row in true_rows], dtype=int))
        data["tracker_ids"].append(np.array([found_ids[row[0]] for row in found_rows], dtype=int))
        data["similarity_scores"].append(similarity)
        accumulator.update([row[0] for row in true_rows], [row[0] for row in found_rows],
                           np.where(similarity >= 0.5, 1 - similarity, np.nan))
    data.update(
        num_timesteps=len(frames), num_gt_ids=len(true_ids), num_tracker_ids=len(found_ids),
        num_gt_dets=sum(map(len, data["gt_ids"])), num_tracker_dets=sum(map(len, data["tracker_ids"])))
    clear = CLEAR({"PRINT_CONFIG": False}).eval_sequence(data)
    identity = Identity({"PRINT_CONFIG": False}).eval_sequence(data)
    summary = motmetrics.metrics.create().compute(accumulator, metrics=["mota", "idf1"], name="s")
    pairs = (("MOTA", clear["MOTA"], summary["mota"]["s"]), ("IDF1", identity["IDF1"], summary["idf1"]["s"]))
    for name, ours_, theirs in pairs:
        if abs(ours_ - theirs) > 0.01:
            print(f"note: {name} {ours_:.4f} by TrackEval, {theirs:.4f} by py-motmetrics")
    return {"HOTA": float(HOTA().eval_sequence(data)["HOTA"].mean()), "MOTA": float(clear["MOTA"]),
            "IDF1": float(identity["IDF1"]), "switches": int(clear["IDSW"])}


def scenes(seeds):
    """Yields scene, rate, truth, detections."""
    tud = {name: read_mot(MOT / "TUD-Campus" / name) for name in ("gt.txt", "det.txt")}
    yield "TUD-Campus", 25, tud["gt.txt"], {f: [row[1:6] for row in rows] for f, rows in tud["det.txt"].items()}
    mot = read_mot(MOT / "MOT16-11" / "gt.txt", lambda row: row[6] == 1 and row[7] == 1)
    for seed in range(seeds):
        makers = {
            "MOT16-11 degraded": lambda random: mot,
            "people crossing": people_crossing,
            "people hidden": lambda random: people_crossing(random, hidden=True),
            "fast cars": fast_cars,
        }
        for name, make in makers.items():
            truth = make(np.random.default_rng(seed))
            for rate in RATES:
                thinned = thin(truth, 30 // rate)
                yield name, rate, thinned, degrade(thinned, np.random.default_rng(1000 + seed), rate=rate)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=str(ROOT / "build/tests/interop/track_tool"))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not MOT.is_dir() or not pathlib.Path(arguments.tool).is_file():
        print(f"SKIPPED: {MOT} or {arguments.tool} is missing")
        return 77

    runners = {("facet", kind): ours(arguments.tool, kind) for kind in ("bytetrack", "oc-sort", "appearance")}
    for kind, peers in PEERS.items():
        runners.update({(name, kind): run for name, run in peers.items()})
    results = {}
    for scene, rate, truth, detections in scenes(arguments.seeds):
        for runner, run in runners.items():
            results.setdefault((scene, rate), {}).setdefault(runner, []).append(judge(truth, run(detections, rate)))

    mean = lambda values, key: float(np.mean([value[key] for value in values]))
    table = [
        {"scene": scene, "fps": rate, "tracker": name, "kind": kind,
         **{key: round(mean(values, key), 4) for key in ("HOTA", "MOTA", "IDF1", "switches")}}
        for (scene, rate), by_runner in results.items() for (name, kind), values in by_runner.items()
    ]
    for row in table:
        print(json.dumps(row) if arguments.json else
              f"{row['scene']:18} {row['fps']:3} fps  {row['tracker']:24} {row['kind']:10} HOTA {row['HOTA']:.3f}  "
              f"MOTA {row['MOTA']:.3f}  IDF1 {row['IDF1']:.3f}  switches {row['switches']:.1f}")

    failed = 0
    for scene in dict.fromkeys(row["scene"] for row in table):
        for kind in PEERS:
            for key in ("HOTA", "MOTA", "IDF1"):
                def score(name):
                    return np.mean([row[key] for row in table
                                    if row["scene"] == scene and row["tracker"] == name and row["kind"] == kind])
                best = max(PEERS[kind], key=score)
                worse = score("facet") < score(best) - MARGIN
                failed += worse
                print(f"{'FAILED' if worse else 'ok':6} {scene:18} {kind:10} {key} {score('facet'):.3f}, "
                      f"best peer {score(best):.3f} ({best})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
