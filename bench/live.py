#!/usr/bin/env python3
"""Live cameras on this machine: results a second, p99 latency and memory of `facet run`.

usage: bench/live.py BINARY [--cameras N] [--size WxH] [--seconds S] [--stream b3|ip2|ip10|mixed|main_sub]... [--rtsp]
                     [--decode POLICY] [--smoke]
Clips are made of motorway_cars of ../shared/data with x264 or x265, 25 frames/s at 3 Mbit/s (1080p; less for smaller pictures):
  b3        H.264 High, 3 bidirectional frames, a key frame every 2 s
  ip2 ip10  H.264 without bidirectional frames, a key frame every 2 or 10 s, as IP cameras send
  mixed     every second camera H.265 (3 bidirectional frames), the others as b3
  main_sub  each camera has two streams: detection on one of 640x360, pictures of events from the large one (as b3)
Every camera plays its clip at its own pace (all in step, which is the worst case: all key frames come in one instant); with --rtsp
the loopback RTSP server of ../shared/tools sends it, on the same cores. YOLOX-nano, one tracker, one line. Prints a JSON line per
stream; the slope of memory is a line through what was resident after the first quarter, with its standard error. --smoke: 2 cameras
for 6 s, to see that it works.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "../shared/data"
SERVER = ROOT / "../shared/tools/rtsp_server.py"
MODEL = DATA / "models/det_yolox_nano_416.onnx"
CLIP = DATA / "videos/motorway_cars_1280x720.mp4"
H264 = ["-c:v", "libx264", "-profile:v", "high", "-preset", "medium", "-sc_threshold", "0"]
CODECS = {"b3": [*H264, "-bf", "3", "-g", "50", "-keyint_min", "50"],
          "ip2": [*H264, "-bf", "0", "-g", "50", "-keyint_min", "50"],
          "ip10": [*H264, "-bf", "0", "-g", "250", "-keyint_min", "250"],
          "h265": ["-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=error:bframes=3:keyint=50:min-keyint=50:scenecut=0"]}
STREAMS = {"b3": ["b3"], "ip2": ["ip2"], "ip10": ["ip10"], "mixed": ["b3", "h265"], "main_sub": ["b3"]}


def make_clip(folder, codec, size):
    path = folder / f"{codec}_{size}.mp4"
    if path.exists():
        return path
    width, height = (int(value) for value in size.split("x"))
    kbit = max(300, 3000 * width * height // (1920 * 1080))
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "2", "-i", CLIP, "-an", "-t", "20", "-vf", f"scale={width}:{height},fps=25",
                    *CODECS[codec], "-b:v", f"{kbit}k", "-maxrate", f"{kbit}k", "-bufsize", f"{2 * kbit}k", path], check=True)
    return path


def slope(samples):
    """MB an hour and its standard error, of (seconds, MB) by least squares."""
    if len(samples) < 8:
        return 0, 0
    n = len(samples)
    mean_t, mean_m = sum(t for t, _ in samples) / n, sum(m for _, m in samples) / n
    spread = sum((t - mean_t) ** 2 for t, _ in samples)
    rise = sum((t - mean_t) * (m - mean_m) for t, m in samples) / spread
    error = (sum((m - mean_m - rise * (t - mean_t)) ** 2 for t, m in samples) / (n - 2) / spread) ** 0.5
    return rise * 3600, error * 3600


def watch(command):
    """Runs it; its output, and (seconds, resident MB) every two seconds."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    began, samples = time.monotonic(), []
    while process.poll() is None:
        time.sleep(2 if samples else 0.1)
        try:
            resident = next(line for line in open(f"/proc/{process.pid}/status") if line.startswith("VmRSS"))
        except (OSError, StopIteration):
            break
        samples.append((time.monotonic() - began, int(resident.split()[1]) / 1024))
    out, err = process.communicate()
    if process.returncode != 0:
        sys.exit(f"facet run failed ({process.returncode}): {err}")
    return json.loads(out.splitlines()[-1]), samples


def site_of(stream, sources, main, arguments):
    line = {"name": "line", "type": "line", "points": [[0, 0.7], [1, 0.7]]}
    cameras = [{"name": f"cam{i:02d}", "source": str(source), "decode": arguments.decode, "rules": [line]} for i, source in enumerate(sources)]
    for camera in cameras:
        if "://" not in camera["source"]:
            camera |= {"live": True, "loop": True}
        if stream == "main_sub":
            camera["evidence_source"] = str(main)
    site = {"cameras": cameras, "experts": [{"name": "objects", "model": str(MODEL), "threshold": 0.3}], "budget": {"latency_p99": "200ms"}}
    return site | ({"evidence": {"folder": "evidence"}} if stream == "main_sub" else {})


def measure(binary, folder, stream, arguments):
    clips = [make_clip(folder, codec, "640x360" if stream == "main_sub" else arguments.size) for codec in STREAMS[stream]]
    main = make_clip(folder, "b3", arguments.size) if stream == "main_sub" else None
    sources, server = [clips[i % len(clips)] for i in range(arguments.cameras)], None
    try:
        if arguments.rtsp:
            server = subprocess.Popen(["/usr/bin/python3", SERVER, "--port", "0", "--control-port", "0", "--count", str(arguments.cameras),
                                       "--files", *clips], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            ready = dict(word.split("=") for word in server.stdout.readline().split()[1:])
            sources = [f"rtsp://{ready['rtsp']}/cam{i}" for i in range(arguments.cameras)]
        (folder / "site.json").write_text(json.dumps(site_of(stream, sources, main, arguments)))
        run, samples = watch([binary, "run", "-c", folder / "site.json", "--json", "--duration", f"{arguments.seconds}s", "--events",
                              folder / "events.jsonl"])
    finally:
        if server:
            server.kill()
    rates = [camera["results_per_s"] for camera in run["cameras"]]
    drops = {}
    for camera in run["cameras"]:
        for reason, count in camera["drops"].items():
            drops[reason] = drops.get(reason, 0) + count
    rise, error = slope([sample for sample in samples if sample[0] > arguments.seconds / 4])
    return {"benchmark": "live", "stream": stream, "over": "rtsp" if arguments.rtsp else "file", "cameras": arguments.cameras,
            "size": arguments.size, "seconds": arguments.seconds, "decode": arguments.decode,
            "results_per_s_min": min(rates), "results_per_s_mean": round(sum(rates) / len(rates), 3),
            "p50_ms_max": max(camera["p50_ms"] for camera in run["cameras"]), "p99_ms_max": max(camera["p99_ms"] for camera in run["cameras"]),
            "cores_used": round(run["cpu_s"] / run["wall_s"], 3), "rss_mb_peak": run["rss_mb_peak"],
            "rss_mb_per_hour": round(rise, 1), "rss_mb_per_hour_error": round(error, 1), "drops": drops,
            "events": sum(camera["events"] for camera in run["cameras"]),
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--stream", choices=STREAMS, action="append")
    parser.add_argument("--rtsp", action="store_true")
    parser.add_argument("--decode", default="auto")
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    if not MODEL.exists():
        print("bench/live: SKIPPED: ../shared/data is not here")
        return 77
    if arguments.smoke:
        arguments.cameras, arguments.seconds, arguments.stream, arguments.size = 2, 6, ["b3"], "640x360"
    with tempfile.TemporaryDirectory() as name:
        for stream in arguments.stream or list(STREAMS):
            print(json.dumps(measure(arguments.binary, pathlib.Path(name), stream, arguments)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
