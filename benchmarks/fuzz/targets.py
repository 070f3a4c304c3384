"""What reads the fuzzers' inputs: of each kind the files to start from, what changes them, and the code that reads.

A reader returns where an input was read, and raises a `MnistNNError` where it was refused; whatever else comes out of
it is a finding.
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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
from mnist_nn.imaging.load.pictures import Fault, each_page
from mnist_nn.model_file import recording, storage
from mnist_nn.reading.allowed_values import read_allowed_values
from mnist_nn.reading.constraints import build_constraint
from mnist_nn.reading.labelled import load_labelled
from mnist_nn.reading.pages import read_each_page
from mnist_nn.server import create_app
from mnist_nn.server.http.lifecycle import Server

Read = Callable[[bytes], None]
PAGE_LIMIT = 20
SERVER_ERROR = 500
CLIENT_ERROR = 400


class RefusedError(MnistNNError):
    """A server refused a request as it should."""


class Target(NamedTuple):
    """A kind of input.

    ``opened`` makes its reader in a folder that it may write; ``change`` makes an input of one of the ``starts``.
    """

    opened: Callable[[Path], AbstractContextManager[Read]]
    change: formats.Mutation
    folder: str

    @property
    def starts(self) -> list[bytes]:
        """The files to start from."""
        return [path.read_bytes() for path in sorted((STARTS / self.folder).iterdir())]

    def make_input(self, name: str, seed: int, number: int) -> bytes:
        """Make an input, the same for the same numbers on any machine."""
        rng, starts = Random(f"{name} {seed} {number}"), self.starts
        data = rng.choice(starts)
        try:
            return self.change(rng, data, starts)
        except (ValueError, KeyError, IndexError, RecursionError):  # earlier changes left nothing to change so
            return change_bytes(rng, data, starts)


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
                samples = load_data(folder).train
                _ = samples.images.sum(), samples.labels.sum()
            except MnistNNError as error:
                faults.append(error)
        if len(faults) == 2:  # it was of use as neither
            raise faults[0]

    yield read


@contextmanager
def _open_model(_: Path) -> Iterator[Read]:
    def read(data: bytes) -> None:
        model = storage.from_bytes(data)
        config = model.network.config
        seen = Predictor(model)(np.full((1, config.inputs), 0.5, config.dtype))
        if not np.isfinite(seen.probabilities).all():
            raise AssertionError(f"it answers {seen.probabilities}")
        storage.from_bytes(storage.to_bytes(model))  # what was loaded can be saved

    yield read


@contextmanager
def _open_recording(_: Path) -> Iterator[Read]:
    def read(data: bytes) -> None:
        recording.to_bytes(recording.from_bytes(data))

    yield read


@contextmanager
def _open_reader_model(_: Path) -> Iterator[Read]:
    page = np.array(draw_digit(56))

    def read(data: bytes) -> None:
        Reader(storage.from_bytes(data))(page)

    yield read


@contextmanager
def _open_picture(folder: Path) -> Iterator[Read]:
    path = folder / "input"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        for page in each_page(path, page_limit=PAGE_LIMIT):
            if isinstance(page, Fault):
                raise page.error

    yield read


@contextmanager
def _open_reader(folder: Path) -> Iterator[Read]:
    path, reader = folder / "input", Reader()

    def read(data: bytes) -> None:
        path.write_bytes(data)
        for result in read_each_page(reader, str(path)):
            if result.reading is None:
                raise RefusedError(result.error)

    yield read


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


@contextmanager
def _open_labelled(folder: Path) -> Iterator[Read]:
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes((STARTS / "png" / "l").read_bytes())
    path = folder / "input.csv"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        load_labelled(path)

    yield read


@contextmanager
def _open_audit(folder: Path) -> Iterator[Read]:
    """Take an input for a table to draw a sample from, or for a sample, as ``mnist-nn audit`` does."""
    path = folder / "input.csv"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        if sample.is_audit(path):
            find(sample.load_sample(path), 0.01)
        else:
            sample.draw(sample.load_accepted(path), 3, 1)

    yield read


@contextmanager
def _open_values(folder: Path) -> Iterator[Read]:
    path = folder / "input.txt"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        build_constraint("luhn", one_of=read_allowed_values(path))

    yield read


@contextmanager
def _open_pattern(_: Path) -> Iterator[Read]:
    values = tuple(str(number) for number in range(0, 20_000, 7))

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        for known in ({}, {"checksum": "luhn"}, {"one_of": values}):
            build_constraint(pattern=text, **known)  # type: ignore[arg-type]

    yield read


@contextmanager
def _open_table(folder: Path) -> Iterator[Read]:
    """Continue a table, whose rows or settings are the input."""
    path = folder / "input.csv"
    settings = Path(f"{path}{SUFFIX}")

    def read(data: bytes) -> None:
        path.write_bytes(data)
        settings.unlink(missing_ok=True)
        with open_table(path, {"mnist-nn": "0"}, resume=True):
            pass

    yield read


@contextmanager
def _open_settings(folder: Path) -> Iterator[Read]:
    path = folder / "input.csv"

    def read(data: bytes) -> None:
        path.write_bytes((STARTS / "table" / "rows").read_bytes())
        Path(f"{path}{SUFFIX}").write_bytes(data)
        with open_table(path, json.loads((STARTS / "settings" / "whole").read_bytes()), resume=True):
            pass

    yield read


TARGETS = {
    "idx": Target(_open_idx, formats.either(formats.change_gzip), "idx"),
    "model": Target(_open_model, formats.either(formats.change_model), "model"),
    "recording": Target(_open_recording, formats.either(formats.change_model), "recording"),
    "reader-model": Target(_open_reader_model, formats.either(formats.change_model, 0.1), "reader-model"),
    "png": Target(_open_picture, formats.either(formats.change_png), "png"),
    "jpeg": Target(_open_picture, formats.either(formats.change_jpeg), "jpeg"),
    "tiff": Target(_open_picture, formats.either(formats.change_tiff), "tiff"),
    "bmp": Target(_open_picture, change_bytes, "bmp"),
    "gif": Target(_open_picture, change_bytes, "gif"),
    "webp": Target(_open_picture, formats.either(formats.change_riff), "webp"),
    "ppm": Target(_open_picture, formats.either(change_text), "ppm"),
    "pdf": Target(_open_picture, formats.either(formats.change_pdf, 0.1), "pdf"),
    "reader": Target(_open_reader, formats.either(formats.change_png, 0.0), "reader"),
    "request": Target(_open_server, formats.either(formats.change_request, 0.1), "request"),
    "labelled": Target(_open_labelled, change_text, "labelled"),
    "audit": Target(_open_audit, change_text, "audit"),
    "one-of": Target(_open_values, change_text, "one-of"),
    "pattern": Target(_open_pattern, change_text, "pattern"),
    "table": Target(_open_table, change_text, "table"),
    "settings": Target(_open_settings, formats.either(formats.change_settings), "settings"),
}
