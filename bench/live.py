#!/usr/bin/env python3
"""Live 1080p cameras on this machine: results a second, p99 latency and memory of `facet run`.

usage: bench/live.py BINARY [--cameras N] [--seconds S] [--stream b3|ip2|ip10] [--smoke]
The clip is made of motorway_cars of ../shared/data with x264: 1080p25 at 3 Mbit/s; b3 = High with 3 bidirectional frames and a key
frame every 2 s, ip2 and ip10 = no bidirectional frames and a key frame every 2 or 10 s. Every camera plays it at its own pace
(all in step, which is the worst case: all key frames come in one instant), YOLOX-nano, one tracker, one line. Prints a JSON line
per stream. --smoke: 2 cameras for 6 s, to see that it works.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "../shared/data"
MODEL = DATA / "models/det_yolox_nano_416.onnx"
CLIP = DATA / "videos/motorway_cars_1280x720.mp4"
STREAMS = {"b3": ["-bf", "3", "-g", "50", "-keyint_min", "50"],
           "ip2": ["-bf", "0", "-g", "50", "-keyint_min", "50"],
           "ip10": ["-bf", "0", "-g", "250", "-keyint_min", "250"]}


def make_clip(path, options):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "2", "-i", CLIP, "-an", "-t", "20", "-vf", "scale=1920:1080,fps=25",
                    "-c:v", "libx264", "-profile:v", "high", "-preset", "medium", "-b:v", "3M", "-maxrate", "3M", "-bufsize", "6M",
                    "-sc_threshold", "0", *options, path], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--stream", choices=STREAMS, action="append")
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    if not MODEL.exists():
        print("bench/live: SKIPPED: ../shared/data is not here")
        return 77
    cameras, seconds = (2, 6) if arguments.smoke else (arguments.cameras, arguments.seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for stream in ["b3"] if arguments.smoke else arguments.stream or list(STREAMS):
            clip = folder / f"{stream}.mp4"
            make_clip(clip, STREAMS[stream])
            line = {"name": "line", "type": "line", "points": [[0, 0.7], [1, 0.7]]}
            site = {"cameras": [{"name": f"cam{i:02d}", "source": str(clip), "live": True, "loop": True, "rules": [line]}
                                for i in range(cameras)],
                    "experts": [{"name": "objects", "model": str(MODEL), "threshold": 0.3}],
                    "budget": {"latency_p99": "200ms"}}
            (folder / "site.json").write_text(json.dumps(site))
            done = subprocess.run([arguments.binary, "run", "-c", folder / "site.json", "--json", "--duration", f"{seconds}s",
                                   "--events", folder / "events.jsonl"], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"facet run failed ({done.returncode}): {done.stderr}")
            run = json.loads(done.stdout.splitlines()[-1])
            rates = [camera["results_per_s"] for camera in run["cameras"]]
            drops = {}
            for camera in run["cameras"]:
                for reason, count in camera["drops"].items():
                    drops[reason] = drops.get(reason, 0) + count
            print(json.dumps({
                "benchmark": "live", "stream": stream, "cameras": cameras, "seconds": seconds,
                "results_per_s_min": min(rates), "results_per_s_mean": round(sum(rates) / len(rates), 3),
                "p50_ms_max": max(camera["p50_ms"] for camera in run["cameras"]),
                "p99_ms_max": max(camera["p99_ms"] for camera in run["cameras"]),
                "cores_used": round(run["cpu_s"] / run["wall_s"], 3), "rss_mb_peak": run["rss_mb_peak"], "drops": drops,
                "machine": {"cores": os.cpu_count(), "kernel": platform.release()}}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
