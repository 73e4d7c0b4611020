#!/usr/bin/env python3
"""Style that a script can judge: banned calls with their replacements, leftovers, paths of one machine, long files."""
import pathlib
import re
import subprocess
import sys

BANNED = [
    (r"\bassert\s*\(", "FACET_ASSERT (base/assert.h)", "src app"),
    (r"\bstd::(cout|cerr)\b", "fmt::print or Log", "src app"),
    (r"\brand\s*\(\)|std::mt19937|std::random_device", "Random (base/random.h)", "src app"),
    (r"\bsystem_clock::now\b", "a time passed in, or wall_now() (base/clock.h) at capture", "src app"),
    (r"\bstoi\s*\(|\batoi\s*\(|\bstod\s*\(|\batof\s*\(", "parse_number, parse_integer (base/text.h)", "src app"),
    (r"\bsleep_for\b|\busleep\s*\(", "a condition variable or virtual time", "src app tests"),
    (r"\b(TODO|FIXME|XXX)\b", "an issue, or do it", "src app tests bench script"),
    (r"(?<![\w.])/(work|home)/", "a relative path", "src app tests bench script docs examples"),
    (r"^\s*rc::check\(", "EXPECT_TRUE(rc::check(...)): alone it cannot fail a test", "tests"),
    (r"using namespace std\b", "std:: written out", "src app tests bench"),
]
# Where the one good use of a banned call lives.
ALLOWED = {("src/base/clock.cpp", r"\bsystem_clock::now\b")}
LINES_MAX = 600


def main():
    root = pathlib.Path.cwd()
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    problems = []
    for name in files:
        path = root / name
        if not path.is_file() or path == pathlib.Path(__file__).resolve():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        top = name.split("/")[0]
        lines = text.splitlines()
        for pattern, instead, folders in BANNED:
            if top not in folders.split() or (name, pattern) in ALLOWED:
                continue
            for number, line in enumerate(lines, 1):
                if re.search(pattern, line):
                    problems.append(f"{name}:{number}: '{re.search(pattern, line).group(0)}': use {instead}")
        if path.suffix in (".h", ".cpp") and top in ("src", "app") and len(lines) > LINES_MAX:
            problems.append(f"{name}: {len(lines)} lines, at most {LINES_MAX}: split it")
        if path.suffix == ".h" and "#pragma once" not in text:
            problems.append(f"{name}: no #pragma once")
        if path.suffix in (".h", ".cpp", ".py", ".md") and text and not text.endswith("\n"):
            problems.append(f"{name}: no newline at the end")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems in {len(files)} files")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
