"""What reads the fuzzers' inputs: of each kind the files to start from, what changes them, and the code that reads.

A reader returns where an input was read, and raises a `MnistNNError` where it was refused; whatever else comes out of
it is a finding.
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from benchmarks.fuzz import formats
from benchmarks.fuzz.make_starts import STARTS, draw_digit
from benchmarks.fuzz.mutate import change_bytes, change_text
from mnist_nn import Predictor, Reader, load_data
from mnist_nn.cli.audit import sample
from mnist_nn.cli.audit.finding import find
from mnist_nn.cli.read.csv_table import open_table
from mnist_nn.cli.read.settings import SUFFIX
from mnist_nn.data.sources import FILES
from mnist_nn.errors import MnistNNError
from mnist_nn.export import runtime, verify
from mnist_nn.imaging.load.pictures import Fault, each_page
from mnist_nn.model_file import recording, storage
from mnist_nn.reading.allowed_values import read_allowed_values
from mnist_nn.reading.constraints import build_constraint
from mnist_nn.reading.labelled import load_labelled
from mnist_nn.reading.pages import read_each_page
from mnist_nn.server import create_app
from mnist_nn.server.http.lifecycle import Server

Read = Callable[[bytes], None]
Open = Callable[[Path], AbstractContextManager[Read]]
PAGE_LIMIT = 20
PROGRAM_SECONDS = 10  # by the clock, for the program that an exported page or header has become
SERVER_ERROR = 500
CLIENT_ERROR = 400


class RefusedError(MnistNNError):
    """A server refused a request as it should."""


class Target(NamedTuple):
    """A kind of input.

    ``opened`` makes its reader in a folder that it may write; ``change`` makes an input of one of the ``starts``. A
    kind that ``runs_programs``, which need address space of their own, is read without a limit on it.
    """

    opened: Open
    change: formats.Mutation
    folder: str
    runs_programs: bool = False

    @property
    def starts(self) -> list[bytes]:
        """The files to start from."""
        return _read_starts(self.folder)

    def make_input(self, name: str, seed: int, number: int) -> bytes:
        """Make an input, the same for the same numbers on any machine."""
        rng, starts = Random(f"{name} {seed} {number}"), self.starts
        data = rng.choice(starts)
        try:
            return self.change(rng, data, starts)
        except (ValueError, KeyError, IndexError, RecursionError):  # earlier changes left nothing to change so
            return change_bytes(rng, data, starts)


@cache
def _read_starts(folder: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((STARTS / folder).iterdir())]


def _of_bytes(read: Read) -> Open:
    return lambda _: nullcontext(read)


def _of_file(name: str, use: Callable[[Path], object]) -> Open:
    """Write an input to a file of this name, and use that."""

    def opened(folder: Path) -> AbstractContextManager[Read]:
        path = folder / name

        def read(data: bytes) -> None:
            path.write_bytes(data)
            use(path)

        return nullcontext(read)

    return opened


@contextmanager
def _open_idx(folder: Path) -> Iterator[Read]:
    """Take an input for the images of a data set, and for its labels."""
    originals = [STARTS / "idx" / name for name in ("images", "labels", "images", "labels")]

    def read(data: bytes) -> None:
        faults = []
        for role in (0, 1):
            for place, (name, path) in enumerate(zip(FILES, originals, strict=True)):
                (folder / name).write_bytes(data if place == role else path.read_bytes())
            try:
                _load_samples(folder)
            except MnistNNError as error:
                faults.append(error)
        if len(faults) == 2:  # it was of use as neither
            raise faults[0]

    yield read


def _load_samples(path: Path) -> None:
    samples = load_data(path).train
    _ = samples.images.sum(), samples.labels.sum()


def _read_model(data: bytes) -> None:
    model = storage.from_bytes(data)
    config = model.network.config
    seen = Predictor(model)(np.full((1, config.inputs), 0.5, config.dtype))
    if not np.isfinite(seen.probabilities).all():
        raise AssertionError(f"it answers {seen.probabilities}")
    storage.from_bytes(storage.to_bytes(model))  # what was loaded can be saved


def _read_recording(data: bytes) -> None:
    recording.to_bytes(recording.from_bytes(data))


def _read_reader_model(data: bytes) -> None:
    Reader(storage.from_bytes(data))(np.array(draw_digit(56)))


def _check_export(model: str, path: Path) -> None:
    """Check a file as ``mnist-nn verify`` does; one that is found to differ is refused too."""
    runtime.SECONDS = PROGRAM_SECONDS
    if not verify(STARTS / "model" / model, path).good:
        raise RefusedError("it does not give the same answers as the model")


def _decode(path: Path) -> None:
    for page in each_page(path, page_limit=PAGE_LIMIT):
        if isinstance(page, Fault):
            raise page.error


def _open_reader(folder: Path) -> AbstractContextManager[Read]:
    reader = Reader()

    def read_page(path: Path) -> None:
        for result in read_each_page(reader, str(path)):
            if result.reading is None:
                raise RefusedError(result.error)

    return _of_file("input", read_page)(folder)


@contextmanager
def _open_server(_: Path) -> Iterator[Read]:
    """Serve a small model, which must answer each request in one line, and be ready afterwards."""
    model, listens = storage.from_bytes((STARTS / "model" / "plain").read_bytes()), threading.Event()
    server = Server(create_app(model), port=0, listening=lambda _: listens.set())
    thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
    thread.start()
    listens.wait()

    def read(data: bytes) -> None:
        length, _, body = data.partition(b"\n")
        headers = {"Inference-Header-Content-Length": length.decode("latin-1")} if length else {}
        connection = http.client.HTTPConnection(server.url.removeprefix("http://").rstrip("/"))
        try:
            connection.request("POST", "/v2/models/digits/infer", body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except ValueError as error:  # the header is none that can be sent
            raise RefusedError(str(error)) from error
        finally:
            connection.close()
        if answer.status >= SERVER_ERROR:
            raise AssertionError(f"the server answers {answer.status}: {said!r}")
        if answer.status >= CLIENT_ERROR:
            raise RefusedError(said.decode())

    yield read
    server.stop()
    thread.join()


def _open_labelled(folder: Path) -> AbstractContextManager[Read]:
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes((STARTS / "png" / "l").read_bytes())
    return _of_file("input.csv", load_labelled)(folder)


def _audit(path: Path) -> None:
    """Take a file for a table to draw a sample from, or for a sample, as ``mnist-nn audit`` does."""
    if sample.is_audit(path):
        find(sample.load_sample(path), 0.01)
    else:
        sample.draw(sample.load_accepted(path), 3, 1)


def _allow_values(path: Path) -> None:
    build_constraint("luhn", one_of=read_allowed_values(path))


def _read_pattern(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for known in ({}, {"checksum": "luhn"}, {"one_of": tuple(map(str, range(0, 20_000, 7)))}):
        build_constraint(pattern=text, **known)  # type: ignore[arg-type]


def _continue_rows(path: Path) -> None:
    Path(f"{path}{SUFFIX}").unlink(missing_ok=True)
    with open_table(path, {"mnist-nn": "0"}, resume=True):
        pass


def _continue_settings(path: Path) -> None:
    table = path.with_name(path.name.removesuffix(SUFFIX))
    table.write_bytes((STARTS / "table" / "rows").read_bytes())
    with open_table(table, json.loads((STARTS / "settings" / "whole").read_bytes()), resume=True):
        pass


TARGETS = {
    "idx": Target(_open_idx, formats.either(formats.change_gzip), "idx"),
    "model": Target(_of_bytes(_read_model), formats.either(formats.change_model), "model"),
    "recording": Target(_of_bytes(_read_recording), formats.either(formats.change_model), "recording"),
    "reader-model": Target(_of_bytes(_read_reader_model), formats.either(formats.change_model, 0.1), "reader-model"),
    "npz": Target(_of_file("input.npz", partial(_check_export, "small")), formats.either(formats.change_zip), "npz"),
    "onnx": Target(_of_file("input.onnx", partial(_check_export, "small")), change_bytes, "onnx"),
    "html": Target(
        _of_file("input.html", partial(_check_export, "large")), formats.either(change_text), "html", runs_programs=True
    ),
    "c": Target(
        _of_file("input.h", partial(_check_export, "small")), formats.either(change_text), "c", runs_programs=True
    ),
    "arrays": Target(_of_file("input.npz", _load_samples), formats.either(formats.change_zip), "arrays"),
    "csv": Target(_of_file("input.csv", _load_samples), change_text, "csv"),
    "png": Target(_of_file("input", _decode), formats.either(formats.change_png), "png"),
    "jpeg": Target(_of_file("input", _decode), formats.either(formats.change_jpeg), "jpeg"),
    "tiff": Target(_of_file("input", _decode), formats.either(formats.change_tiff), "tiff"),
    "bmp": Target(_of_file("input", _decode), change_bytes, "bmp"),
    "gif": Target(_of_file("input", _decode), change_bytes, "gif"),
    "webp": Target(_of_file("input", _decode), formats.either(formats.change_riff), "webp"),
    "ppm": Target(_of_file("input", _decode), formats.either(change_text), "ppm"),
    "pdf": Target(_of_file("input", _decode), formats.either(formats.change_pdf, 0.1), "pdf"),
    "reader": Target(_open_reader, formats.either(formats.change_png, 0.0), "reader"),
    "request": Target(_open_server, formats.either(formats.change_request, 0.1), "request"),
    "labelled": Target(_open_labelled, change_text, "labelled"),
    "audit": Target(_of_file("input.csv", _audit), change_text, "audit"),
    "one-of": Target(_of_file("input.txt", _allow_values), change_text, "one-of"),
    "pattern": Target(_of_bytes(_read_pattern), change_text, "pattern"),
    "table": Target(_of_file("input.csv", _continue_rows), change_text, "table"),
    "settings": Target(
        _of_file(f"input.csv{SUFFIX}", _continue_settings), formats.either(formats.change_settings), "settings"
    ),
}
