#!/usr/bin/env python3
"""The main job against its ideal: frames per second of `facet analyze` with YOLOX-nano on every frame, one tracker and one
line rule, on the motorway, car and a 1080p clip.

usage: bench/analyze.py BINARY [--peer] [--runs N] [--smoke]
The ideal is cores / (CPU seconds a frame of bare decoding, image work and single-threaded inference), measured by one
bench_bare a core, all at once: cores that share their memory and their clock. Before and after each run. Rates and CPU time count from where everything is open and loaded, for the peer as for us; starting
is a figure of its own. Prints a JSON line per clip; runs are interleaved and the median is reported. --peer adds
../shared/tools/peer_python.py, plain and tuned, where its packages are installed (FACET_PEER_PYTHON names the interpreter).
--smoke: 40 frames of one clip, to see that it works.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "../shared/data"
MODEL = DATA / "models/det_yolox_nano_416.onnx"
PEER = ROOT / "../shared/tools/peer_python.py"


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release()}


def clips(folder, smoke):
    """Name, path, line in pixels. The 1080p clip is the motorway scaled up and encoded as a camera would."""
    videos = DATA / "videos"
    yield "motorway", videos / "motorway_cars_1280x720.mp4", (0, 505, 1279, 505)
    if smoke:
        return
    yield "car", videos / "car_detection_768x432.mp4", (0, 216, 767, 216)
    large = folder / "motorway_1920x1080.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", videos / "motorway_cars_1280x720.mp4", "-vf", "scale=1920:1080",
                    "-c:v", "libx264", "-preset", "medium", "-b:v", "3M", "-g", "60", large], check=True)
    yield "1080p", large, (0, 757, 1919, 757)


def config(path, video, line):
    size = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height",
                           "-of", "csv=p=0", video], capture_output=True, text=True, check=True).stdout.strip()
    width, height = (int(value) for value in size.split(","))
    points = [[line[0] / (width - 1), line[1] / (height - 1)], [line[2] / (width - 1), line[3] / (height - 1)]]
    path.write_text(json.dumps({
        "cameras": [{"name": "bench", "rules": [{"name": "line", "type": "line", "points": points}]}],
        "experts": [{"name": "objects", "model": str(MODEL), "threshold": 0.3}]}))


def facet(binary, video, site, events, frames):
    command = [binary, "analyze", video, "-c", site, "--events", events, "--json"]
    if frames:
        command += ["--max-frames", str(frames)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"facet analyze failed ({done.returncode}): {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def peer(python, video, line, tuned):
    command = [python, PEER, "--video", video, "--model", MODEL, "--line", ",".join(map(str, line)), "--classes", ""]
    if tuned:
        command += ["--rect", "--no-pin", "--resize", "sws"]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {"error": done.stderr.splitlines()[-1:]}


def bare_costs(binary, video):
    """The mean of the bare costs that every core has while all are at it."""
    running = [subprocess.Popen([binary, video, MODEL], stdout=subprocess.PIPE, text=True) for _ in range(os.cpu_count())]
    results = [json.loads(process.communicate()[0]) for process in running]
    mean = {key: statistics.mean(result[key] for result in results) for key in ("decode_ms", "image_ms", "inference_ms")}
    return {**mean, "variant": results[0]["variant"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    if not MODEL.exists():
        print("bench/analyze: SKIPPED: ../shared/data is not here")
        return 77
    binary = pathlib.Path(arguments.binary).resolve()
    bare_binary = binary.parent / "bench/bench_bare"
    python = os.environ.get("FACET_PEER_PYTHON", ROOT / ".deps/venv/bin/python")
    runs = 1 if arguments.smoke else arguments.runs
    frames = 40 if arguments.smoke else 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for clip, video, line in clips(folder, arguments.smoke):
            site, events = folder / "site.json", folder / "events.jsonl"
            config(site, video, line)
            facet(binary, video, site, events, 10)  # compiles the model once
            ours, ideals, plain, tuned = [], [], [], []
            bare = [bare_costs(bare_binary, video)]
            for _ in range(runs):
                ours.append(facet(binary, video, site, events, frames))
                bare.append(bare_costs(bare_binary, video))
                cost_ms = statistics.mean(sum(before_or_after[key] for key in ("decode_ms", "image_ms", "inference_ms"))
                                          for before_or_after in bare[-2:])
                ideals.append(1e3 * os.cpu_count() / cost_ms)
                if arguments.peer:
                    plain.append(peer(python, video, line, False))
                    tuned.append(peer(python, video, line, True))
            fps = statistics.median(run["fps"] for run in ours)
            ratios = [run["fps"] / ideal for run, ideal in zip(ours, ideals)]
            result = {"benchmark": "analyze", "clip": clip, "fps": fps, "ideal_fps": round(statistics.median(ideals), 1),
                      "of_ideal": round(statistics.median(ratios), 3), "of_ideal_all": [round(r, 3) for r in ratios],
                      "bare": bare[-1],
                      "cpu_ms_per_frame": round(statistics.median(1e3 * (run["cpu_s"] - run["startup_cpu_s"]) / run["frames"]
                                                             for run in ours), 3),
                      "rss_mb_peak": max(run["rss_mb_peak"] for run in ours),
                      "first_result_s": statistics.median(run["first_result_s"] for run in ours),
                      "startup_cpu_s": statistics.median(run["startup_cpu_s"] for run in ours),
                      "stage_ms": ours[-1]["stage_ms"], "events": ours[-1]["events"]}
            for name, runs_of in (("plain_python", plain), ("tuned_python", tuned)):
                rates = [run["fps"] for run in runs_of if "fps" in run]
                if rates:
                    result[name] = {"fps": statistics.median(rates), "ratio": round(fps / statistics.median(rates), 3),
                                    "cpu_ms_per_frame": statistics.median(1e3 * run["cpu_s_per_frame"] for run in runs_of),
                                    "rss_mb_peak": max(run["rss_mb"] for run in runs_of)}
                elif runs_of:
                    result[name] = runs_of[-1]
            print(json.dumps({**result, "machine": machine()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
