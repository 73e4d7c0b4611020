#!/usr/bin/env python3
"""docs/reference/ is what `facet reference` writes. usage: reference.py FACET"""
import filecmp
import pathlib
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], "reference", "--out", folder], check=True)
    kept = pathlib.Path("docs/reference")
    names = sorted({path.name for path in kept.glob("*")} | {path.name for path in pathlib.Path(folder).glob("*")})
    same, different, missing = filecmp.cmpfiles(kept, folder, names, shallow=False)
    for name in different + missing:
        print(f"docs/reference/{name} is not what the program says; run: build/facet reference")
    sys.exit(1 if different or missing or not same else 0)
