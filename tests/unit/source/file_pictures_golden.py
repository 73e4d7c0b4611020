#!/usr/bin/env python3
"""Prints file_pictures_golden.inc: FNV-1a 64 of the BGR bytes that Pillow decodes of sample pictures.

Run in the repository's root with Pillow and numpy; with OpenCV installed it checks that both agree.
"""
import pathlib

import numpy
from PIL import Image

PICTURES = [
    "coco128/000000000009.jpg",
    "coco128/000000000086.jpg",  # gray
    "imagenet/in_0000.jpg",
    "plate_crops/lp_0000.jpg",
    "camvid/0016E5_07959.png",
    "misc/plate_car_2.png",  # 16 bits, alpha
]


def fingerprint(values):
    state = 0xCBF29CE484222325
    for value in values.tobytes():
        state = ((state ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return state


def main():
    root = pathlib.Path("../shared/data/images")
    for name in PICTURES:
        path = root / name
        picture = numpy.asarray(Image.open(path).convert("RGB"))[..., ::-1].copy()
        try:
            import cv2

            assert (cv2.imread(str(path)) == picture).all(), path
        except ImportError:
            pass
        print(f'    {{"{path.relative_to(root)}", 0x{fingerprint(picture):016x}ULL}},')


if __name__ == "__main__":
    main()
