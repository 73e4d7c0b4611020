#!/usr/bin/env python3
"""A camera that speaks HTTP, in many ways. FOLDER has its pictures and videos.

    /mjpeg             the folder's JPEGs in name order as an endless multipart stream at 25 a second
    /ts?first=A&then=B the file A in two seconds, then B again and again; who connects later gets B only
    /picture           the JPEGs in turn, the next one every 0.2 s of the clock, with an ETag
    /dated             the same, with Last-Modified instead: changes once a second
    /plain             the same without either
    /png               the folder's first PNG, with an ETag
    /still             the first JPEG, with an ETag: it never changes
    /huge              40 MB of zeros that call themselves a JPEG
    /text              no picture
    /basic/X /digest/X X for user "viewer" with password "open sesame" alone
    /counts            how often each path was answered, by status, as JSON
    anything else      a file of the folder (an HLS playlist and its segments)

usage: http_camera.py FOLDER      prints "ready PORT"
"""
import collections
import functools
import hashlib
import http.server
import json
import pathlib
import sys
import threading
import time
import urllib.parse
import urllib.request
from base64 import b64encode
from email.utils import formatdate

USER, PASSWORD = "viewer", "open sesame"
HUGE_BYTES = 40_000_000
counts = collections.Counter()
streams_seen = collections.Counter()
lock = threading.Lock()


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class Camera(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        for scheme in ("basic", "digest"):
            if path.startswith(f"/{scheme}/"):
                if not self.is_allowed(scheme):
                    return self.refuse(scheme)
                path = path[len(scheme) + 1:]
        answers = {"/mjpeg": self.mjpeg, "/picture": self.picture, "/dated": self.dated, "/plain": self.plain,
                   "/png": self.png, "/still": self.still, "/huge": self.huge, "/text": self.text, "/counts": self.counts}
        if path == "/ts":
            return self.ts(urllib.parse.parse_qs(query))
        if path in answers:
            return answers[path]()
        self.path = path
        self.close_connection = True
        return super().do_GET()

    # --- who may see it (RFC 7617, RFC 7616)

    def is_allowed(self, scheme):
        given = self.headers.get("Authorization") or ""
        if scheme == "basic":
            return given == "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if not given.startswith("Digest "):
            return False
        fields = dict(urllib.request.parse_keqv_list(urllib.request.parse_http_list(given[len("Digest "):])))
        a1, a2 = md5(f"{USER}:camera:{PASSWORD}"), md5(f"GET:{fields['uri']}")
        wanted = md5(f"{a1}:{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}:{a2}")
        return fields.get("username") == USER and fields.get("response") == wanted

    def refuse(self, scheme):
        challenge = {"basic": 'Basic realm="camera"', "digest": 'Digest realm="camera", nonce="abc", qop="auth"'}[scheme]
        self.answer(401, b"", "text/plain", {"WWW-Authenticate": challenge})

    # --- pictures, one at a time

    def answer(self, status, body, kind, headers=()):
        with lock:
            counts[f"{self.path} {status}"] += 1
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def files(self, kind):
        return sorted(pathlib.Path(self.directory).glob(f"*.{kind}"))

    def turn(self, seconds):
        files = self.files("jpg")
        return files[int(time.time() / seconds) % len(files)]

    def tagged(self, file, kind):
        tag = f'"{file.name}"'
        unchanged = self.headers.get("If-None-Match") == tag
        self.answer(304 if unchanged else 200, file.read_bytes(), kind, {"ETag": tag})

    def picture(self):
        self.tagged(self.turn(0.2), "image/jpeg")

    def dated(self):
        date = formatdate(int(time.time()), usegmt=True)
        unchanged = self.headers.get("If-Modified-Since") == date
        self.answer(304 if unchanged else 200, self.turn(1).read_bytes(), "image/jpeg", {"Last-Modified": date})

    def plain(self):
        self.answer(200, self.turn(0.2).read_bytes(), "image/jpeg")

    def png(self):
        self.tagged(self.files("png")[0], "image/png")

    def still(self):
        self.tagged(self.files("jpg")[0], "image/jpeg")

    def huge(self):
        try:
            self.answer(200, bytes(HUGE_BYTES), "image/jpeg")
        except OSError:
            pass  # the client has had enough

    def text(self):
        self.answer(200, b"<html>log in first</html>", "text/html")

    def counts(self):
        with lock:
            body = json.dumps(counts).encode()
        self.answer(200, body, "application/json")

    # --- streams without end

    def begin_stream(self, kind):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def mjpeg(self):
        self.begin_stream("multipart/x-mixed-replace; boundary=frame")
        pictures = [path.read_bytes() for path in self.files("jpg")]
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

    def ts(self, query):
        self.begin_stream("video/mp2t")
        with lock:
            streams_seen[self.path] += 1
            is_first = streams_seen[self.path] == 1
        parts = query["first"] if is_first else []
        due = time.monotonic()
        steps = 50
        try:
            while True:
                for name in parts or query["then"]:
                    data = (pathlib.Path(self.directory) / name).read_bytes()
                    size = len(data) // 188 // steps * 188 + 188
                    for begin in range(0, len(data), size):
                        self.wfile.write(data[begin:begin + size])
                        due += 2 / steps
                        time.sleep(max(0, due - time.monotonic()))
                parts = []
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Camera, directory=sys.argv[1]))
server.daemon_threads = True
print(f"ready {server.server_port}", flush=True)
server.serve_forever()
