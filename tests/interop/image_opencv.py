"""Compares our tensors with OpenCV's resize (INTER_LINEAR), colour conversion and perspective warp.

    .deps/venv/bin/python tests/interop/image_opencv.py [--tool build/tests/interop/image_tool]

Pictures: photographs of ../shared/data (their absence is a skip) and generated gradients. Per case the largest and the mean
difference are printed, in steps of 255. Allowed differences come from OpenCV's arithmetic, not from ours: its 8-bit resize
rounds (1.0; its float resize must agree within 0.001), and so does its warp, and its YCbCr conversion takes the nearest chroma
sample where ours is interpolated (so single pixels at the edges of colours differ more; smooth chroma must be close).
Exit code 77: something needed is missing.
"""

import argparse
import pathlib
import subprocess
import sys

try:
    import cv2
    import numpy as np
except ImportError as error:
    print(f"SKIPPED: {error}; install tests/interop/requirements.txt into .deps/venv")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT.parent / "shared/data/images"
failures = 0
passed = 0


def run_tool(tool, planes, format, size, out_size, fit="stretch", region=None, corners=None, matrix="bt601", range="limited"):
    width, height = size
    where = ["corners", *np.asarray(corners, dtype=np.float64).ravel()] if corners is not None else ["region", *(region or (0, 0, width, height))]
    words = [format, width, height, matrix, range, out_size[0], out_size[1], fit, *where]
    data = b"".join(np.ascontiguousarray(plane).tobytes() for plane in planes)
    result = subprocess.run([str(tool), *map(str, words)], input=data, stdout=subprocess.PIPE, check=True)
    return np.frombuffer(result.stdout, np.float32).reshape(out_size[1], out_size[0], 3)


def compare(name, ours, theirs, max_allowed, mean_allowed):
    global failures, passed
    difference = np.abs(ours.astype(np.float64) - theirs.astype(np.float64))
    good = difference.max() <= max_allowed and difference.mean() <= mean_allowed
    passed += good
    failures += not good
    print(f"{'ok  ' if good else 'FAIL'} {name}: max {difference.max():.4f} (allowed {max_allowed}), "
          f"mean {difference.mean():.5f} (allowed {mean_allowed})")


def gradient(width, height):
    """Smooth colours: every channel changes slowly, each in another direction."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    channels = [60 + 140 * x, 60 + 140 * y, 200 - 70 * (x + y)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def to_planes(bgr, format):
    """BT.601 limited YCbCr by OpenCV; chroma is that of its I420 conversion."""
    height, width = bgr.shape[:2]
    packed = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420).ravel()
    y = packed[: width * height].reshape(height, width)
    u = packed[width * height : width * height * 5 // 4].reshape(height // 2, width // 2)
    v = packed[width * height * 5 // 4 :].reshape(height // 2, width // 2)
    return [y, u, v] if format == "i420" else [y, np.stack([u, v], axis=-1)]


def check_resize(tool, name, bgr):
    height, width = bgr.shape[:2]
    for out in [(416, 234), (224, 224), (640, 640), (width // 2, height // 2), (width * 2, height + 37), (61, 47), (width, height)]:
        ours = run_tool(tool, [bgr], "bgr24", (width, height), out)
        compare(f"{name} {width}x{height} -> {out[0]}x{out[1]}, 8 bit", ours, cv2.resize(bgr, out, interpolation=cv2.INTER_LINEAR), 1.0, 0.5)
        theirs = cv2.resize(bgr.astype(np.float32), out, interpolation=cv2.INTER_LINEAR)
        compare(f"{name} {width}x{height} -> {out[0]}x{out[1]}, float", ours, theirs, 0.001, 0.0001)


def check_letterbox(tool, name, bgr):
    height, width = bgr.shape[:2]
    scale = min(416 / width, 416 / height)
    content = (round(width * scale), round(height * scale))
    theirs = np.full((416, 416, 3), 114, np.float32)
    theirs[: content[1], : content[0]] = cv2.resize(bgr.astype(np.float32), content, interpolation=cv2.INTER_LINEAR)
    compare(f"{name} letterbox 416x416", run_tool(tool, [bgr], "bgr24", (width, height), (416, 416), "letterbox"), theirs, 0.001, 0.0001)


def check_ycbcr(tool, name, bgr, max_allowed, mean_allowed):
    height, width = bgr.shape[:2]
    packed = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)
    whole = cv2.cvtColor(packed, cv2.COLOR_YUV2BGR_I420)
    for format in ["i420", "nv12"]:
        for out in [(416, 234), (320, 320), (width * 2, height * 2)]:
            ours = run_tool(tool, to_planes(bgr, format), format, (width, height), out)
            compare(f"{name} {format} -> {out[0]}x{out[1]}", ours, cv2.resize(whole, out, interpolation=cv2.INTER_LINEAR), max_allowed, mean_allowed)


def check_rectify(tool, name, bgr, max_allowed, mean_allowed):
    height, width = bgr.shape[:2]
    out = (94, 24)
    for corners in [[(0.3, 0.4), (0.55, 0.35), (0.57, 0.5), (0.31, 0.52)], [(0.1, 0.1), (0.9, 0.2), (0.8, 0.9), (0.2, 0.8)]]:
        corners = np.array(corners) * [width, height]
        ours = run_tool(tool, [bgr], "bgr24", (width, height), out, corners=corners)
        # OpenCV counts from the centre of the first pixel, we from its corner.
        target = np.array([(0, 0), (out[0], 0), out, (0, out[1])], np.float32) - np.float32(0.5)
        transform = cv2.getPerspectiveTransform(corners.astype(np.float32) - np.float32(0.5), target)
        theirs = cv2.warpPerspective(bgr, transform, out, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        compare(f"{name} rectified to {out[0]}x{out[1]}", ours, theirs, max_allowed, mean_allowed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "build/tests/interop/image_tool")
    tool = parser.parse_args().tool
    photographs = sorted((IMAGES / "traffic_atl").glob("*.jpg"))[:2] + sorted((IMAGES / "camvid").glob("*.png"))[:1]
    missing = f"{tool} is not built" if not tool.exists() else "no photographs in ../shared/data/images" if not photographs else None
    if missing:
        print(f"SKIPPED: {missing}")
        sys.exit(77)

    smooth = gradient(640, 360)
    check_resize(tool, "gradient", smooth)
    check_ycbcr(tool, "gradient", smooth, 2.5, 0.6)
    check_rectify(tool, "gradient", smooth, 1.0, 0.5)
    for path in photographs:
        bgr = cv2.imread(str(path))
        bgr = bgr[: bgr.shape[0] // 2 * 2, : bgr.shape[1] // 2 * 2]
        check_resize(tool, path.name, bgr)
        check_letterbox(tool, path.name, bgr)
        check_ycbcr(tool, path.name, bgr, 40.0, 1.0)
        check_rectify(tool, path.name, bgr, 1.0, 0.5)
    print(f"{passed} passed, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
