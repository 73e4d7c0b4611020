#!/usr/bin/env python3
"""A camera that speaks HTTP: /mjpeg gives the folder's JPEGs as an endless multipart stream at 25 a second, anything else is a
file of the folder (an HLS playlist and its segments).

usage: http_camera.py FOLDER      prints "ready PORT"
"""
import functools
import http.server
import pathlib
import sys
import time


class Camera(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/mjpeg":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        pictures = [path.read_bytes() for path in sorted(pathlib.Path(self.directory).glob("*.jpg"))]
        due = time.monotonic()
        try:
            while True:
                for picture in pictures:
                    self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture))
                    self.wfile.write(picture + b"\r\n")
                    due += 0.04
                    time.sleep(max(0, due - time.monotonic()))
        except OSError:
            pass  # the client has gone

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Camera, directory=sys.argv[1]))
print(f"ready {server.server_port}", flush=True)
server.serve_forever()
