#!/usr/bin/env python3
"""A storm of faults over real sockets: cameras of the loopback RTSP server drop, stall, refuse, lose power and send damaged bytes,
while others of the same run stay healthy. The nightly form of the test in rtsp_test.cpp.

usage: fault_storm.py FACET [--faults N] [--cameras N] [--healthy N] [--seed N]
A fault is a command that the server carried out on a camera, or an RTP payload that it damaged (counted as the frames sent while
a camera damages, times the share of payloads: a frame is at least one payload). Checked: the process lives and ends in order,
healthy cameras never reconnect and keep their latency, faulty ones come back, memory does not grow. Prints a JSON line; exit code
77: the server or its packages are not here.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = ROOT / "../shared/tools/rtsp_server.py"


def resident_mb(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


class Control:
    def __init__(self, address):
        self.url = f"http://{address}/"

    def send(self, command):
        urllib.request.urlopen(urllib.request.Request(self.url, data=command.encode()), timeout=10).read()

    def status(self):
        return json.load(urllib.request.urlopen(self.url, timeout=10))["cameras"]


def storm(control, faulty, faults_wanted, rng, facet, progress):
    """Faults until there were enough or the run has ended; how many there were, and memory after the first and last tenth."""
    faults, memory = 0.0, []
    frames = {camera["name"]: camera["frames"] for camera in control.status()}
    share = dict.fromkeys(frames, 0.0)
    told = time.monotonic()
    while faults < faults_wanted and facet.poll() is None:
        for _ in range(5):
            camera = f"cam{rng.randrange(faulty)}"
            command = rng.choice(["drop", "drop", "stall", "refuse", "off", "corrupt", "corrupt", "corrupt", "clear"])
            if command == "corrupt":
                share[camera] = rng.choice([5, 30, 90])
            elif command == "clear":
                share[camera] = 0
            argument = {"stall": rng.uniform(0.1, 2), "refuse": rng.uniform(0.1, 1), "off": rng.uniform(0.1, 1), "corrupt": share[camera]}
            control.send(f"{command} {camera} {argument[command]:.2f}" if command in argument else f"{command} {camera}")
            faults += command not in ("corrupt", "clear")
        time.sleep(0.1)
        for camera in control.status():
            name = camera["name"]
            faults += (camera["frames"] - frames[name]) * share[name] / 100
            frames[name] = camera["frames"]
        memory.append(resident_mb(facet.pid))
        if time.monotonic() - told > 10:
            told = time.monotonic()
            progress(f"{faults:.0f} of {faults_wanted} faults, {memory[-1]:.0f} MB")
    for index in range(faulty):
        control.send(f"clear cam{index}")
    tenth = max(1, len(memory) // 10)
    return int(faults), sum(memory[tenth:2 * tenth]) / tenth, sum(memory[-tenth:]) / tenth


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facet")
    parser.add_argument("--faults", type=int, default=100_000)
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--healthy", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if not SERVER.exists() or subprocess.run(["/usr/bin/python3", SERVER, "--help"], capture_output=True).returncode != 0:
        print("fault_storm: SKIPPED: ../shared/tools/rtsp_server.py or its packages are not here")
        return 77
    faulty = arguments.cameras - arguments.healthy
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clip = folder / "street.mp4"
        subprocess.run([arguments.facet, "synth", "street?seed=1&size=320x192&frames=250&objects=6", "--out", clip], check=True,
                       capture_output=True)
        server = subprocess.Popen(["/usr/bin/python3", SERVER, "--port", "0", "--control-port", "0", "--count", str(arguments.cameras),
                                   "--files", clip], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        ready = dict(word.split("=") for word in server.stdout.readline().split()[1:])
        site = {"cameras": [{"name": f"cam{i}", "source": f"rtsp://{ready['rtsp']}/cam{i}", "decode": "lazy" if i % 4 == 3 else "auto"}
                            for i in range(arguments.cameras)],
                "experts": [{"name": "motion", "model": "motion"}]}
        (folder / "site.json").write_text(json.dumps(site))
        log = open(folder / "log", "w")
        facet = subprocess.Popen([arguments.facet, "run", "-c", folder / "site.json", "--json", "--events", folder / "events.jsonl"],
                                 stdout=subprocess.PIPE, stderr=log, text=True)
        out = []
        reader = threading.Thread(target=lambda: out.extend(facet.stdout), daemon=True)
        reader.start()
        control = Control(ready["control"])
        try:
            time.sleep(5)
            faults, before_mb, after_mb = storm(control, faulty, arguments.faults, random.Random(arguments.seed), facet,
                                                lambda text: print(text, file=sys.stderr, flush=True))
            time.sleep(8)  # all come back
            facet.terminate()
            code = facet.wait(timeout=20)
            reader.join(5)
        finally:
            facet.kill()
            server.kill()
        run = json.loads(out[-1])
        healthy = run["cameras"][faulty:]
        result = {"test": "fault_storm", "faults": faults, "exit_code": code, "wall_s": run["wall_s"], "cores_used": round(run["cpu_s"] / run["wall_s"], 3),
                  "reconnects": sum(camera["reconnects"] for camera in run["cameras"][:faulty]),
                  "healthy_reconnects": sum(camera["reconnects"] for camera in healthy), "healthy_p99_ms": max(camera["p99_ms"] for camera in healthy),
                  "healthy_results_per_s": min(camera["results_per_s"] for camera in healthy),
                  "faulty_up": sum(camera["up"] for camera in run["cameras"][:faulty]), "rss_mb": [round(before_mb, 1), round(after_mb, 1)]}
        print(json.dumps(result))
        expected = {"all faults happened": faults >= arguments.faults, "it ended in order": code == 130,
                    "healthy cameras stay connected": result["healthy_reconnects"] == 0,
                    "healthy cameras are in time": result["healthy_p99_ms"] <= 200,
                    "faulty cameras come back": result["faulty_up"] == faulty, "memory does not grow": after_mb <= 1.1 * before_mb + 10}
        broken = [what for what, is_so in expected.items() if not is_so]
        if broken:
            sys.exit(f"fault_storm: not so: {'; '.join(broken)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
