#!/usr/bin/env python3
"""Runs ctest in a build folder and counts cases, not executables: the last line is `N passed, N failed, N skipped`.

usage: tests/run.py BUILD [ctest arguments]
A GoogleTest executable counts by its cases (from its XML report), any other test as one; exit code 77 is "skipped".
"""
import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml


def cases(report):
    """(passed, failed, skipped names) of one GoogleTest report."""
    passed, failed, skipped = 0, [], []
    for case in xml.parse(report).getroot().iter("testcase"):
        name = f'{case.get("classname")}.{case.get("name")}'
        if case.get("status") == "notrun":
            continue
        if case.find("failure") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed += 1
    return passed, failed, skipped


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    reports = build / "test-reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir()
    summary = reports / "ctest.xml"
    root = pathlib.Path(__file__).resolve().parent.parent
    environment = dict(os.environ, GTEST_OUTPUT=f"xml:{reports}/", GTEST_COLOR="no",
                       ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", UBSAN_OPTIONS="print_stacktrace=1",
                       LSAN_OPTIONS=f"suppressions={root}/tests/sanitizer/lsan.supp:print_suppressions=0",
                       TBB_ENABLE_SANITIZERS="1",  # else TBB loads a library in a way that ASan refuses
                       TSAN_OPTIONS=f"suppressions={root}/tests/sanitizer/tsan.supp:halt_on_error=1:ignore_noninstrumented_modules=1")
    subprocess.run(["ctest", "--test-dir", build, "-j", str(os.cpu_count() + 1), "--output-on-failure", "--no-tests=error",
                    "--output-junit", summary, *sys.argv[2:]], env=environment)
    if not summary.exists():
        print("0 passed, 1 failed, 0 skipped")
        return 1
    passed, failed, skipped = 0, [], []
    for test in xml.parse(summary).getroot().iter("testcase"):
        name, status = test.get("name"), test.get("status")
        report = reports / f"test_{name}.xml"
        if report.exists():
            case_passed, case_failed, case_skipped = cases(report)
            passed += case_passed
            failed += case_failed
            skipped += case_skipped
            if status == "fail" and not case_failed:
                failed.append(f"{name} (after its last case)")
        elif status == "run":
            passed += 1
        elif status == "fail":
            failed.append(name)
        elif "SKIP_RETURN_CODE" in (test.find("skipped").get("message", "") if test.find("skipped") is not None else ""):
            skipped.append(name)
        else:  # its program is missing, for example
            failed.append(f"{name} (could not be run)")
    for name in skipped:
        print(f"SKIPPED {name}")
    for name in failed:
        print(f"FAILED {name}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped", flush=True)
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
