#!/usr/bin/env python3
"""Reads every #include and every CMake link and fails where one breaks the layers of docs/architecture.md.

A folder of src/ may include itself, the folders named here and all that those may include. Vendor headers stand only in
the folders named here, and never in a header that other folders include.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": [],
    "config": ["base"],
    "media": ["base"],
    "wrap": ["base"],
    "brain": ["config", "media"],
    "scene": ["config", "media"],
    "quality": ["media"],
    "image": ["media"],
    "source": ["config", "media", "wrap"],
    "backend": ["config", "media", "wrap"],
    "sink": ["config", "media", "wrap"],
    "model": ["backend", "wrap", "config", "media", "image"],
    "report": ["image"],
    "expert": ["image", "model"],
    "sim": ["brain", "scene", "quality", "source", "report"],
    "engine": ["brain", "scene", "quality", "image", "source", "backend", "sink", "model", "report", "expert"],
    "optimize": ["expert", "source", "quality", "report"],
    "server": ["engine", "optimize"],
}

# Which folders may see a vendor's headers, by the beginning of the include path.
VENDORS = {
    "libav": ["wrap/ffmpeg", "source/file"],
    "libsw": ["wrap/ffmpeg", "source/file"],
    "libyuv": ["wrap/ffmpeg", "source/file", "image"],
    "turbojpeg": ["image", "source/file"],
    "cairo": ["image"],
    "hwy/": ["image", "source/synthetic", "expert", "scene"],
    "openvino/": ["backend/openvino"],
    "onnx/": ["wrap/onnx", "backend/openvino"],
    "google/protobuf": ["wrap/onnx"],
    "curl/": ["wrap/http"],
    "openssl/": ["wrap/openssl"],
    "boost/asio": ["server"],
    "boost/beast": ["server"],
    "yaml-cpp/": ["config"],
    "nlohmann/": ["sink", "source/synthetic", "quality", "model", "report", "wrap", "expert", "backend", "engine"],
}
# Small value libraries whose types are ours: allowed anywhere, headers included.
EVERYWHERE = ["fmt/", "tl/expected", "Eigen/", "boost/geometry"]

# Pure folders: no threads, clocks, files, environment (docs/architecture.md, "the brain").
PURE = ["brain", "scene", "quality"]
IMPURE_HEADERS = {"thread", "mutex", "condition_variable", "future", "fstream", "filesystem", "random", "ctime", "unistd.h",
                  "base/file.h", "base/log.h", "cstdio", "iostream"}


def closure(folder):
    seen, queue = set(), [folder]
    while queue:
        current = queue.pop()
        if current not in seen:
            seen.add(current)
            queue += MAY_INCLUDE[current]
    return seen


def check_includes(root, problems):
    exposing = {}  # headers that show a vendor's types: only their own folder may include them
    includes = []
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        inside = path.relative_to(root / "src").as_posix()
        folder = inside.split("/")[0]
        if folder not in MAY_INCLUDE:
            problems.append(f"src/{inside}: folder '{folder}' is in no layer")
            continue
        allowed = closure(folder)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            target = match.group(2)
            place = f"src/{inside}:{number}"
            includes.append((place, inside, target))
            first = target.split("/")[0]
            if match.group(1) == '"' and "/" in target:
                if first == "app" or (first in MAY_INCLUDE and first not in allowed):
                    problems.append(f"{place}: '{folder}' may not include '{target}'")
            for vendor, folders in VENDORS.items():
                if not target.startswith(vendor) or target.startswith(folder + "/"):
                    continue
                if match.group(1) == '"' and first in MAY_INCLUDE:
                    continue
                if not any(inside.startswith(home + "/") or folder == home for home in folders):
                    problems.append(f"{place}: vendor header '{target}' belongs in {folders}")
                elif path.suffix == ".h":
                    exposing[inside] = target
            if folder in PURE and target in IMPURE_HEADERS:
                problems.append(f"{place}: '{folder}' is pure and may not include '{target}'")


    for place, inside, target in includes:
        if target in exposing and pathlib.PurePath(inside).parent != pathlib.PurePath(target).parent:
            problems.append(f"{place}: '{target}' shows '{exposing[target]}': only its own folder may include it")


def check_links(root, problems):
    for path in sorted((root / "src").rglob("CMakeLists.txt")):
        for match in re.finditer(r"facet_library\(\s*(\w+)(.*?)\)", path.read_text(), re.S):
            name, body = match.groups()
            folder = name.split("_")[0]
            depends = re.search(r"DEPENDS\s+((?:[a-z_]+\s*)+)", body)
            for target in depends.group(1).split() if depends else []:
                if target.split("_")[0] not in closure(folder):
                    problems.append(f"{path.relative_to(root)}: '{folder}' may not link '{target}'")


def main():
    root = pathlib.Path.cwd()
    problems = []
    check_includes(root, problems)
    check_links(root, problems)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} breaches of the layers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
