"""``python -m benchmarks.fuzz.make_starts``: make the files again from which the fuzzers start.

They are small, and differ in what a reader of the format must know of. Everything in them is drawn or counted, but for
the seconds of a training.
"""

import gzip
import io
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from tests.shared.hostile_files import one_page, stream

from mnist_nn import Model, Network, NetworkConfig, Samples, TrainingConfig, load_data, train
from mnist_nn.data.idx import encode_idx
from mnist_nn.data.sources import FILES
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.export import export
from mnist_nn.model_file import recording, storage
from mnist_nn.reading.evidence import FEATURES

STARTS = Path(__file__).with_name("starts")
DIGIT = ((8, 4, 18, 4), (18, 4, 18, 6), (18, 6, 11, 24))  # the strokes of a 7
MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK")
PNG, TIFF = MODES[:7], MODES
THRESHOLDS = np.array([[0.1, 0.05, 1.0], [0.9, 0.01, 0.5]])  # of a calibration


def main() -> None:
    """Write them all."""
    for name, data in make_starts():
        path = STARTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def make_starts() -> Iterator[tuple[str, bytes]]:
    """Make every file: its folder is the name of what reads it."""
    yield from _make_idx()
    yield from _make_tables()
    yield from _make_models()
    yield from _make_exports()
    yield from _make_pictures()
    yield from _make_pdfs()
    yield from _make_requests()
    yield from _make_texts()


def _make_idx() -> Iterator[tuple[str, bytes]]:
    images = np.arange(6 * 4 * 4).reshape(6, 4, 4)
    yield "idx/images", encode_idx(images.astype(np.uint8))
    yield "idx/images.gz", gzip.compress(encode_idx(images.astype(np.uint8)), mtime=0)
    yield "idx/labels", encode_idx(np.array([0, 1, 2, 0, 1, 2], np.uint8))
    yield "idx/wide", encode_idx(np.array([0, 1, 2, 0, 1, 2], np.int32))
    yield "idx/floats", encode_idx((images / 96).astype(np.float32))


def _make_tables() -> Iterator[tuple[str, bytes]]:
    images, labels = np.arange(6 * 4, dtype=np.uint8).reshape(6, 2, 2), np.arange(6) % 3
    for name, save in (("plain", np.savez), ("compressed", np.savez_compressed)):
        file = io.BytesIO()
        save(file, x_train=images, y_train=labels, x_test=images[:3], y_test=labels[:3])
        yield f"arrays/{name}", file.getvalue()
    rows = [f"{label},{','.join(map(str, image.ravel()))}" for label, image in zip(labels, images, strict=True)]
    yield "csv/header", "\n".join(["label,p0,p1,p2,p3", *rows]).encode()
    yield "csv/names", "\ufeffp0;p1;p2;p3;class\r\n0;1;2;3;a\r\n4;5;6;7;b\r\n0.5;0;0;0;a\r\n1;1;1;1;b\r\n".encode()


def _make_models() -> Iterator[tuple[str, bytes]]:
    images, labels = np.arange(40 * 4).reshape(40, 2, 2) % 251, np.arange(40) % 3
    samples = Samples(images.astype(np.uint8), labels)
    config = TrainingConfig(optimizer="adam", validation=0.25, patience=2, epochs=3)
    network = Network.create(NetworkConfig(inputs=4, hidden=(3,), outputs=3))
    epochs = list(train(network, samples, config, engine="reference"))
    data = {"name": "counted", "sha256": "0" * 64}
    model = Model.of(epochs[-1], config, data=data, scores={"test_accuracy": 0.5, "test_interval": [0.4, 0.6]})
    yield "model/trained", storage.to_bytes(model)
    yield "model/plain", storage.to_bytes(Model(network))
    moments = tuple(recording.Moment(epoch.checkpoint.epoch, epoch.network, 30) for epoch in epochs)
    yield "recording/trained", recording.to_bytes(recording.Recording(model, moments))
    yield "reader-model/whole", storage.to_bytes(_make_reader())


def _make_exports() -> Iterator[tuple[str, bytes]]:
    """Make a model of small images, and files exported from it; and a page, which draws for a model of large ones."""
    small = _make_calibrated(inputs=16, outputs=3)
    images = [
        encode_idx(np.arange(6 * 4 * 4).reshape(6, 4, 4).astype(np.uint8)),
        encode_idx(np.arange(6, dtype="u1") % 3),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, data in zip(FILES, (*images, *images), strict=True):
            (Path(folder) / name).write_bytes(data)
        for kind in ("npz", "onnx", "c"):
            yield f"{kind}/exported", export(small, kind, load_data(folder))
    yield "model/small", storage.to_bytes(small)
    large = _make_calibrated(inputs=784, outputs=10)
    yield "model/large", storage.to_bytes(large)
    scripts = re.findall(rb'<script[^>]*\bid="(?:model|core)">.*?</script>', export(large, "html"), re.DOTALL)
    yield "html/exported", b"\n".join(scripts)  # what is checked of a page; the rest draws


def _make_calibrated(inputs: int, outputs: int) -> Model:
    calibration = Calibration(1.5, np.linspace(-1, 1, 4), 3.0, 0.01, THRESHOLDS)
    return Model(Network.create(NetworkConfig(inputs=inputs, hidden=(1,), outputs=outputs)), calibration=calibration)


def _make_reader() -> Model:
    """Make a model that knows all that a reader may, and reads badly."""
    lines = NetworkConfig(inputs=1152, hidden=(1,), outputs=11, activation="relu", output="softmax")
    digits = Calibration(1.5, np.linspace(-1, 1, 4), 3.0, 0.01, THRESHOLDS)
    numbers = NumberCalibration(FEATURES, np.linspace(1, -1, len(FEATURES)), 0.25, np.array([[0.5, 0.01, 0.75]]))
    halved = [Network.of(lines, [p.astype(np.float16) for p in Network.create(lines, n).parameters]) for n in (1, 2)]
    network = Network.create(NetworkConfig(hidden=(1,), output="softmax"))
    return Model(network, calibration=digits, sequences=tuple(halved), number_calibration=numbers)


def draw_digit(side: int = 28) -> Image.Image:
    """Draw a 7, dark on light.

    Examples
    --------
    >>> draw_digit(28).getextrema()
    (40, 230)
    """
    picture = Image.new("L", (28, 28), 230)
    for line in DIGIT:
        ImageDraw.Draw(picture).line(line, fill=40, width=2)
    return picture.resize((side, side))


def _make_pictures() -> Iterator[tuple[str, bytes]]:
    for mode in MODES:
        picture = draw_digit().convert(mode)
        name = mode.replace(";", "").lower()
        if mode in PNG:
            yield f"png/{name}", _save(picture, "PNG")
        for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits") if mode in {"L", "RGB"} else ("raw",):
            yield f"tiff/{name}-{compression}", _save(picture, "TIFF", compression=compression)
    yield "tiff/1-group4", _save(draw_digit().convert("1"), "TIFF", compression="group4")
    yield "tiff/rgb-jpeg", _save(draw_digit(32).convert("RGB"), "TIFF", compression="jpeg")
    pages = [draw_digit(side) for side in (20, 28, 24)]
    yield "tiff/pages", _save(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    yield "jpeg/grey", _save(draw_digit(), "JPEG")
    yield "jpeg/progressive", _save(draw_digit(40).convert("RGB"), "JPEG", progressive=True, exif=_make_exif())
    yield "jpeg/cmyk", _save(draw_digit().convert("CMYK"), "JPEG", icc_profile=b"not a profile")
    for mode in ("1", "L", "P", "RGB"):
        yield f"bmp/{mode.lower()}", _save(draw_digit().convert(mode), "BMP")
        yield f"gif/{mode.lower()}", _save(draw_digit().convert(mode), "GIF")
    yield "gif/animated", _save(pages[0], "GIF", save_all=True, append_images=pages[1:], transparency=0)
    yield "webp/lossy", _save(draw_digit().convert("RGB"), "WEBP")
    yield "webp/lossless", _save(draw_digit().convert("RGBA"), "WEBP", lossless=True)
    turned = [pages[0].rotate(angle) for angle in (0, 90)]
    yield "webp/animated", _save(turned[0], "WEBP", save_all=True, append_images=turned[1:])
    for mode in ("1", "L", "RGB", "I"):
        yield f"ppm/{mode.lower()}", _save(draw_digit().convert(mode), "PPM")
    yield "ppm/plain", b"P2\n# a comment\n3 2\n255\n0 128 255\n255 128 0\n"
    yield "ppm/bits", b"P1 3 2 1 0 1 0 1 0"
    yield "ppm/floats", b"Pf 2 1 -1.0 " + np.array([0.25, 0.75], "<f4").tobytes()
    yield "ppm/pam", b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n\x00\x01\x02\x03\x04\x05"
    yield "reader/digit.png", _save(draw_digit(40), "PNG")


def _make_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # the orientation
    exif[0x010E] = "seven"
    return exif


def _save(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _make_pdfs() -> Iterator[tuple[str, bytes]]:
    media = b"/MediaBox[0 0 72 72]"
    yield "pdf/lines", one_page(b"2 w 10 60 m 50 60 l 30 10 l S 0.5 g 5 5 10 10 re f", media)
    font = b"/Resources<</Font<</F 5 0 R>>>>"
    helvetica = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    yield "pdf/text", one_page(b"BT /F 24 Tf 10 20 Td (147) Tj ET", media + font, helvetica)
    kind = b"/Type/XObject/Subtype/Image/Width 28/Height 28/BitsPerComponent 8/ColorSpace/DeviceGray"
    grey = stream(draw_digit().tobytes(), kind)
    drawing = b"q 72 0 0 72 0 0 cm /I Do Q"
    yield "pdf/picture", one_page(drawing, media + b"/Resources<</XObject<</I 5 0 R>>>>", grey)
    jpeg = stream(_save(draw_digit(), "JPEG"), kind + b"/Filter/DCTDecode")
    yield "pdf/jpeg", one_page(drawing, media + b"/Resources<</XObject<</I 5 0 R>>>>", jpeg)
    pattern = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<<>>"
    tiled = media + b"/Resources<</Pattern<</P 5 0 R>>>>"
    yield "pdf/tiles", one_page(b"/Pattern cs /P scn 0 0 72 72 re f", tiled, stream(b"0 g 0 0 5 5 re f", pattern))
    ramp = b"<</FunctionType 2/Domain[0 1]/C0[0]/C1[1]/N 1>>"
    shading = b"<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 72 72]/Function %s>>" % ramp
    yield "pdf/shading", one_page(b"/S sh", media + b"/Resources<</Shading<</S 5 0 R>>>>", shading)
    yield "pdf/pillow", _save(draw_digit(), "PDF", creationDate=None, modDate=None)


def _make_requests() -> Iterator[tuple[str, bytes]]:
    """Make infer requests; the first line is the header that says how long the JSON is, empty where there is none."""
    pixels = [n % 256 for n in range(4)]
    given = {"name": "X", "shape": [1, 2, 2], "datatype": "UINT8"}
    plain = {"id": "a", "inputs": [given | {"data": pixels}]}
    yield "request/flat", b"\n" + json.dumps(plain).encode()
    nested = {"inputs": [given | {"data": [[pixels[:2], pixels[2:]]]}], "outputs": [{"name": "label"}]}
    yield "request/nested", b"\n" + json.dumps(nested).encode()
    binary = json.dumps(
        {
            "parameters": {"binary_data_output": True},
            "inputs": [given | {"parameters": {"binary_data_size": 4}}],
            "outputs": [{"name": "probabilities", "parameters": {"binary_data": False}}],
        }
    ).encode()
    yield "request/binary", b"%d\n%s%s" % (len(binary), binary, bytes(pixels))


def _make_texts() -> Iterator[tuple[str, bytes]]:
    yield "labelled/commas", b'picture,answer,writer\r\na.png,7,ann\r\nb.png,"1 2",ben\r\n'
    yield "labelled/semicolons", "\ufeffpicture;answer;page;note\nb.png;-;3;é\n".encode()
    yield "one-of/values", b"007\n18\n 18 \n\n4711\n"
    yield "pattern/plain", b"19[0-8]?"
    yield "pattern/places", b"[0357]?1[1-39]"
    head = b"file,page,box,text,confidence,decision\r\n"
    rows = b"a.png,1,1 2 3 4,147,0.9876,digit\r\nb.png,1,,,,nothing\r\n'=c.png,2,,,,error: it is damaged\r\n"
    yield "table/rows", head + rows
    yield "audit/sample", b"file,page,box,read,right\r\na.png,1,1 2 3 4,147,147\r\n'=b.png,1,,12,-\r\nc.png,2,,12,\r\n"
    yield "audit/table", head + rows
    yield "table/older", head.replace(b"decision", b"verdict") + rows
    settings = {"mnist-nn": "0.1.0", "model_sha256": "0" * 64, "length": None, "checksum": "none", "pixel_limit": 9}
    yield "settings/whole", json.dumps(settings).encode()


if __name__ == "__main__":
    main()
