#!/usr/bin/env python3
"""An outside observer of `facet run`: it is the camera, stamps each picture (a clock is drawn into it) when it leaves, and stamps
the detections when they come back. Its mean latency must agree with that of facet_latency_seconds{stage="total"} within 5 ms.

usage: observer.py FACET [--limit-ms MS]     exit code 77: the ffmpeg program is not installed
"""
import http.server
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PICTURES, INTERVAL_S = 40, 0.15
sent = []


class Camera(http.server.BaseHTTPRequestHandler):
    pictures = []

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for index in range(10 * PICTURES):
                picture = self.pictures[index % len(self.pictures)]
                message = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture) + picture + b"\r\n"
                sent.append(time.monotonic())
                self.wfile.write(message)
                time.sleep(INTERVAL_S)
        except OSError:
            pass  # the client has gone

    def log_message(self, *_):
        pass


def total(metrics):
    """Sum and count of the stage `total`, in seconds."""
    values = {}
    for line in metrics.splitlines():
        for what in ("sum", "count"):
            if line.startswith(f"facet_latency_seconds_{what}{{") and 'stage="total"' in line:
                values[what] = float(line.rsplit(" ", 1)[1])
    return values["sum"], int(values["count"])


def main():
    binary = sys.argv[1]
    limit_ms = float(sys.argv[3]) if sys.argv[2:3] == ["--limit-ms"] else 5
    if not shutil.which("ffmpeg"):
        print("observer: SKIPPED: the ffmpeg program is not installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=5", "-frames:v", str(PICTURES),
                        "-q:v", "3", folder / "%03d.jpg"], check=True)
        Camera.pictures = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        probe = http.server.HTTPServer(("127.0.0.1", 0), Camera)  # a free port
        port = probe.server_port
        probe.server_close()
        site = {"cameras": [{"name": "clock", "source": f"http://127.0.0.1:{server.server_port}/"}],
                "experts": [{"name": "motion", "model": "motion"}], "metrics": {"listen": f"127.0.0.1:{port}"}}
        (folder / "site.json").write_text(json.dumps(site))
        facet = subprocess.Popen([binary, "run", "-c", folder / "site.json", "--detections", "-", "--events", folder / "events.jsonl"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seen = []
        while len(seen) < PICTURES:
            line = facet.stdout.readline()
            if not line:
                sys.exit(f"observer: facet run ended: {facet.stderr.read()}")
            seen.append(time.monotonic())
        sum_s, count = total(urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode())
        facet.terminate()
        facet.communicate()
        # Pictures that were read while the stream was probed are known by their number only: a picture's result is the first
        # one that comes after it left.
        latencies = [min(result - left for left in sent if left <= result) for result in seen]
        observed_ms, told_ms = 1e3 * statistics.mean(latencies), 1e3 * sum_s / count
        print(f"observed {observed_ms:.2f} ms, told {told_ms:.2f} ms, {len(seen)} results, {count} in the histogram")
        if count < PICTURES:
            sys.exit(f"observer: {count} in the histogram, expected at least {PICTURES}")
        if abs(observed_ms - told_ms) > limit_ms:
            sys.exit(f"observer: {observed_ms:.2f} and {told_ms:.2f} ms, expected a difference of at most {limit_ms} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
