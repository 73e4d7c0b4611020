#!/usr/bin/env python3
"""What `decode: lazy` saves where nothing happens, and what it misses where something does.

usage: bench/lazy.py BINARY [--cameras N] [--seconds S] [--smoke]
1. Events: clips of ../shared/data with known events, played live with every frame decoded and lazily, both at once, as they are and
   as cameras send them (x264, no bidirectional frames, a key frame every 2 s). Events of the same kind within the truth's tolerance
   are the same; both are also counted against the truth.
2. Cost: N cameras of a quiet street (synthetic, 1080p25 at up to 3 Mbit/s, key frame every 2 s) under `lazy`, and one of them under
   `all`: CPU time a camera, and their ratio.
Prints a JSON line per measurement. --smoke: one clip for 6 s and 2 cameras for 6 s.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "../shared/data"
MODEL = DATA / "models/det_yolox_nano_416.onnx"
GATE = {"name": "gate", "type": "line", "points": [[0, 0.7014], [1, 0.7014]]}
MIDDLE = {"name": "gate", "type": "line", "points": [[0, 0.5], [1, 0.5]]}
VISIT = {"name": "visit", "type": "zone", "points": [[0, 0], [1, 0], [1, 1], [0, 1]], "labels": ["person"]}
CLIPS = [("motorway_cars_1280x720.mp4", GATE), ("car_detection_768x432.mp4", MIDDLE), ("one_by_one_person_768x432.mp4", VISIT)]
CAMERA = ["-c:v", "libx264", "-preset", "medium", "-bf", "0", "-b:v", "2M", "-force_key_frames", "expr:gte(t,n_forced*2)",
          "-sc_threshold", "0"]


def run(binary, folder, name, cameras, seconds):
    site = {"cameras": cameras, "experts": [{"name": "objects", "model": str(MODEL), "threshold": 0.3}]}
    (folder / f"{name}.json").write_text(json.dumps(site))
    command = [binary, "run", "-c", folder / f"{name}.json", "--json", "--events", folder / f"{name}.jsonl"]
    done = subprocess.run(command + (["--duration", f"{seconds}s"] if seconds else []), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"facet run failed ({done.returncode}): {done.stderr}")
    events = folder / f"{name}.jsonl"
    return json.loads(done.stdout.splitlines()[-1]), [json.loads(line) for line in open(events)] if events.exists() else []


def matched(wanted, found, tolerance_s):
    """How many of `wanted` have a partner of their own in `found`: (direction or None, time) each."""
    found, count = list(found), 0
    for direction, time in wanted:
        near = [f for f in found if direction in (None, f[0]) and abs(f[1] - time) <= tolerance_s]
        if near:
            found.remove(min(near, key=lambda f: abs(f[1] - time)))
            count += 1
    return count


def compare(binary, folder, clip, rule, seconds, as_camera):
    truth = json.load(open(DATA / "groundtruth/video_events.json"))[clip]
    video = DATA / "videos" / clip
    if as_camera:
        video = folder / f"camera_{clip}"
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", DATA / "videos" / clip, "-an", *CAMERA, video], check=True)
    camera = {"name": "camera", "source": str(video), "live": True, "rules": [rule]}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = {decode: pool.submit(run, binary, folder, f"{decode}_{clip}", [{**camera, "decode": decode}], seconds)
                for decode in ("all", "lazy")}
        (full, full_events), (lazy, lazy_events) = runs["all"].result(), runs["lazy"].result()
    if "crossings_s" in truth:
        wanted = [(None, crossing["t"]) for crossing in truth["crossings_s"]]
    else:
        wanted = [("enter", start) for start, _ in truth["visit_intervals_s"]] + [("leave", end) for _, end in truth["visit_intervals_s"]]
    of = {name: [(event["direction"], event["t"]) for event in events] for name, events in (("all", full_events), ("lazy", lazy_events))}
    tolerance_s = truth["tolerance_s"]
    return {"benchmark": "lazy_events", "clip": clip, "as_camera": as_camera, "events_all": len(of["all"]), "events_lazy": len(of["lazy"]),
            "same": matched(of["all"], of["lazy"], tolerance_s), "true": len(wanted), "true_found_all": matched(wanted, of["all"], tolerance_s),
            "true_found_lazy": matched(wanted, of["lazy"], tolerance_s), "frames_all": full["cameras"][0]["frames"],
            "frames_lazy": lazy["cameras"][0]["frames"], "caught_up": lazy["cameras"][0]["caught_up"],
            "cpu_ratio": round(lazy["cpu_s"] / full["cpu_s"], 3)}


def cost(binary, folder, cameras, seconds, size):
    quiet, clip = folder / "quiet.mp4", folder / "quiet_camera.mp4"
    subprocess.run([binary, "synth", f"street?seed=5&size={size}&frames={min(250, seconds * 25)}&objects=0&noise=0.3", "--out", quiet],
                   capture_output=True, check=True)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", quiet, *CAMERA, "-maxrate", "3M", "-bufsize", "6M", clip], check=True)
    camera = {"source": str(clip), "live": True, "loop": True, "rules": [MIDDLE]}
    full, _ = run(binary, folder, "full", [{**camera, "name": "one", "decode": "all"}], seconds)
    lazy, _ = run(binary, folder, "quiet", [{**camera, "name": f"cam{i:02d}", "decode": "lazy"} for i in range(cameras)], seconds)
    cores_full = full["cpu_s"] / full["wall_s"]
    cores_lazy = lazy["cpu_s"] / lazy["wall_s"] / cameras
    return {"benchmark": "lazy_cost", "cameras": cameras, "seconds": seconds, "cores_a_camera_all": round(cores_full, 4),
            "cores_a_camera_lazy": round(cores_lazy, 4), "ratio": round(cores_lazy / cores_full, 4),
            "cores_used": round(lazy["cpu_s"] / lazy["wall_s"], 3), "p99_ms_max": max(c["p99_ms"] for c in lazy["cameras"]),
            "frames": sum(c["frames"] for c in lazy["cameras"]), "packets": sum(c["packets"] for c in lazy["cameras"]),
            "rss_mb_peak": lazy["rss_mb_peak"], "machine": {"cores": os.cpu_count()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    if not MODEL.exists():
        print("bench/lazy: SKIPPED: ../shared/data is not here")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        cameras, seconds = (2, 6) if arguments.smoke else (arguments.cameras, arguments.seconds)
        print(json.dumps(cost(arguments.binary, folder, cameras, seconds, "640x360" if arguments.smoke else "1920x1080")), flush=True)
        for clip, rule in CLIPS[:1] if arguments.smoke else CLIPS:
            for as_camera in [True] if arguments.smoke else [False, True]:
                print(json.dumps(compare(arguments.binary, folder, clip, rule, 6 if arguments.smoke else 0, as_camera)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
