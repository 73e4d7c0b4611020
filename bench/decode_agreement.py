#!/usr/bin/env python3
"""What leaving out bidirectional frames costs in detections (docs/decisions/0007).

usage: bench/decode_agreement.py BINARY [--smoke]
Clips of ../shared/data are encoded as cameras do (x264 High, 3 bidirectional frames with b-pyramid, key frame every 2 s). Of
the frames that both ways give, YOLOX-nano sees the exact pixels and those of a decoder that never got the bidirectional frames
(`decode: forward`). Agreement: the share of boxes with a partner of the same label at IoU 0.5, both directions (F1), by
threshold 0.3. Prints a JSON line per clip. --smoke: 2 s of one clip.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "../shared/data"
MODEL = DATA / "models/det_yolox_nano_416.onnx"
CLIPS = ["motorway_cars_1280x720.mp4", "car_detection_768x432.mp4", "one_by_one_person_768x432.mp4", "street_intersection_640x360.mp4"]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def boxes(binary, video, out):
    done = subprocess.run([binary, "analyze", video, "--model", MODEL, "--detections", out, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"facet analyze failed ({done.returncode}): {done.stderr}")
    frames = []
    for line in open(out):
        frames.append([(o["detection"]["label"], *(o["detection"]["bounding_box"][k] for k in ("x_min", "y_min", "x_max", "y_max")))
                       for o in json.loads(line)["objects"]])
    return frames


def iou(a, b):
    width = min(a[3], b[3]) - max(a[1], b[1])
    height = min(a[4], b[4]) - max(a[2], b[2])
    if width <= 0 or height <= 0:
        return 0
    inter = width * height
    return inter / ((a[3] - a[1]) * (a[4] - a[2]) + (b[3] - b[1]) * (b[4] - b[2]) - inter)


def matched(from_boxes, to_boxes):
    return sum(any(a[0] == b[0] and iou(a, b) >= 0.5 for b in to_boxes) for a in from_boxes)


def main():
    binary, smoke = sys.argv[1], "--smoke" in sys.argv
    if not MODEL.exists():
        print("bench/decode_agreement: SKIPPED: ../shared/data is not here")
        return 77
    lossless = ["-fps_mode", "passthrough", "-c:v", "libx264", "-qp", "0", "-preset", "ultrafast"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for clip in CLIPS[:1] if smoke else CLIPS:
            camera, exact, skipped = folder / "camera.mp4", folder / "exact.mp4", folder / "skipped.mp4"
            ffmpeg("-i", DATA / "videos" / clip, "-an", "-t", "2" if smoke else "60", "-c:v", "libx264", "-profile:v", "high", "-bf", "3",
                   "-g", "50", "-b:v", "2M", camera)
            ffmpeg("-i", camera, "-vf", "select='not(eq(pict_type,B))'", *lossless, exact)
            ffmpeg("-skip_frame", "bidir", "-i", camera, *lossless, skipped)
            a, b = boxes(binary, exact, folder / "a.jsonl"), boxes(binary, skipped, folder / "b.jsonl")
            if len(a) != len(b) or not a:
                sys.exit(f"{clip}: {len(a)} and {len(b)} frames, expected as many of both")
            there = sum(matched(x, y) for x, y in zip(a, b))
            back = sum(matched(y, x) for x, y in zip(a, b))
            total_a, total_b = sum(map(len, a)), sum(map(len, b))
            print(json.dumps({"benchmark": "decode_agreement", "clip": clip, "frames": len(a), "boxes_exact": total_a,
                              "boxes_forward": total_b, "found_again": round(there / max(1, total_a), 4),
                              "f1": round((there + back) / max(1, total_a + total_b), 4)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
