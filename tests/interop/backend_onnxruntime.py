"""Every model of the test data through Facet's OpenVINO backend and through ONNX Runtime, on the same inputs.

The names, shapes and types are those of the file. In f32 the outputs agree closely; networks with quantized operators
agree within a few quantization steps, because a rounding that falls the other way moves on (for a network that is coarser
still, within what the peer's own output moves by when its input trembles); bf16 within its precision.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

MODELS = pathlib.Path("../shared/data/models")
# Relative error (root mean square over root mean square) per precision. bf16 keeps 8 bits: 2^-8 = 0.4 % an operation.
TOLERANCE = {"f32": 2e-4, "bf16": 0.05}
# Networks with quantized operators: one step is 1/255 of a tensor's range, and steps add up through the layers.
QUANTIZED = {"cls_mobilenet_v2_qlinear_224": 0.02, "det_yolov8n_int8dyn_320": 0.02, "seg_yolov8n_seg_int8dyn_320": 0.05,
             "pose_yolo11n_int8qdq_640": 0.02, "pose_yolo11n_int8qdq_640_floathead": 0.02}
TREMBLE = 1e-4  # of the input's range: less than half a grey level


def skip(reason):
    print(f"SKIPPED: {reason}", file=sys.stderr)
    sys.exit(77)


try:
    import numpy as np
    import onnxruntime
except ImportError as error:
    skip(f"{error}; pip install -r tests/interop/requirements.txt")


def run_peer(path, feed):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feeds = feed(session)
    expected = session.run(None, feeds)
    moved = [0.0] * len(expected)
    if path.stem in QUANTIZED:
        for seed in range(4):
            random = np.random.default_rng(seed)
            other = {name: (data + random.normal(0, TREMBLE * np.ptp(data), data.shape)).astype(data.dtype)
                     for name, data in feeds.items()}
            moved = [max(m, error_of(o, e)) for m, o, e in zip(moved, session.run(None, other), expected)]
    return session, expected, moved


def error_of(ours, right):
    """Root mean square of the difference over that of the right one."""
    scale = np.sqrt(np.mean(np.square(right.astype(np.float64)))) + 1e-9
    return np.sqrt(np.mean(np.square(ours.astype(np.float64) - right))) / scale


def picture(shape, seed):
    """Smooth and noisy parts, 0..255, as a camera gives them."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, [*shape[:-2], max(shape[-2] // 8, 1), max(shape[-1] // 8, 1)])
    full = coarse.repeat(9, axis=-2).repeat(9, axis=-1)[..., : shape[-2], : shape[-1]]
    full = np.pad(full, [(0, a - b) for a, b in zip(shape, full.shape)], mode="edge")
    return np.clip(full + random.normal(0, 8, shape), 0, 255).astype(np.float32)


def normalised(name, data):
    """The value range that the network was trained for, by the test data's README."""
    if name.startswith(("det_yolox", "face_yunet", "seg_road", "reid_person")):
        return data
    if name.startswith(("det_nanodet", "cls_", "reid_osnet")):
        return (data - 114) / 58
    if name.startswith(("seg_deeplab", "face_", "plate_rec")):
        return data / 127.5 - 1
    return data / 255


def compare(tool, path, precision):
    name = path.stem
    inputs = []

    def feed(session):
        feeds = {}
        for i, port in enumerate(session.get_inputs()):
            shape = [d if isinstance(d, int) else 1 for d in port.shape]
            feeds[port.name] = normalised(name, picture(shape, i)).astype(np.float32)
            inputs.append(feeds[port.name])
        return feeds

    session, expected, moved = run_peer(path, feed)
    with tempfile.TemporaryDirectory() as folder:
        for i, data in enumerate(inputs):
            data.tofile(f"{folder}/input_{i}.bin")
        command = [tool, str(path), precision, folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            if "is not native to this processor" in done.stderr:
                return None
            return [f"{name} {precision}: {done.stderr.strip()}"]
        facts = json.loads(done.stdout)
        faults = []
        if [port["name"] for port in facts["inputs"]] != [port.name for port in session.get_inputs()]:
            faults.append(f"{name}: inputs {facts['inputs']}")
        if [port["name"] for port in facts["outputs"]] != [port.name for port in session.get_outputs()]:
            faults.append(f"{name}: outputs {facts['outputs']}")
        for i, (port, right) in enumerate(zip(facts["outputs"], expected)):
            if port["shape"] != list(right.shape):
                faults.append(f"{name} output {port['name']}: shape {port['shape']}, expected {list(right.shape)}")
                continue
            ours = np.fromfile(f"{folder}/output_{i}.bin", dtype=right.dtype).reshape(right.shape)
            error = error_of(ours, right)
            limit = max(TOLERANCE[precision], QUANTIZED.get(name, 0), 1.5 * moved[i])
            print(f"{name:44s} {precision:5s} {port['name']:24s} {str(port['shape']):20s} error {error:.2e} (at most {limit:g})")
            if not error <= limit:
                faults.append(f"{name} {precision} output {port['name']}: relative error {error:.3g}, expected at most {limit:g}")
        return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True, help="path of backend_tool")
    parser.add_argument("--models", default=str(MODELS))
    arguments = parser.parse_args()
    paths = sorted(pathlib.Path(arguments.models).glob("*.onnx"))
    if not paths:
        skip(f"no models in {arguments.models}")
    faults = []
    for path in paths:
        for precision in TOLERANCE:
            found = compare(arguments.tool, path, precision)
            if found is None:
                print(f"{path.stem}: {precision} is not native here, not compared")
            else:
                faults += found
    for fault in faults:
        print(f"FAILED {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
