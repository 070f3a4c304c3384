"""Reports of a small model and of one that was never trained, and a parser that takes their pages apart."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Model, Network, NetworkConfig, load_data, load_model
from mnist_nn.cli.program import run
from mnist_nn.data import write_idx
from mnist_nn.data.sources import FILES
from mnist_nn.model_file import recording
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.report import Report, build_report
from mnist_nn.report.measurements import Measurements

SMALL = ("--subset", "600", "--epochs", "3", "--engine", "reference", "--quiet")
VOID = {"meta", "img", "path", "use", "image"}


@dataclass
class Content(HTMLParser):
    """A page taken apart: every element that opens must close, in order."""

    open: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "action"}]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "img" or given.get("role") == "img":
            self.names.append(given.get("alt") or given.get("aria-label") or "")
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in {"th", "td"}:
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] in {"th", "td"}:
            self.tables[-1][-1][-1] += data

    def table(self, *head: str) -> list[list[str]]:
        """The rows of the table whose first row begins so."""
        (found,) = (rows for rows in self.tables if rows[0][: len(head)] == list(head))
        return found[1:]


def take_apart(html: str) -> Content:
    found = Content()
    found.feed(html)
    found.close()
    found.text = " ".join(found.text.split())
    assert found.open == []
    return found


def write_digits(folder: Path, images: Any, labels: Any) -> Dataset:
    for name, array in zip(FILES, (images, labels, images, labels), strict=True):
        write_idx(folder / name, array.astype(np.uint8) if array.dtype == np.int64 else array)
    return load_data(folder)


@pytest.fixture(scope="session")
def parse() -> Callable[[str], Content]:
    """Take a page, or a section of one, apart."""
    return take_apart


@pytest.fixture(scope="session")
def make_data(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any, Any], Dataset]:
    """Make a data set of some images and labels, which it trains and tests on."""
    return lambda images, labels: write_digits(tmp_path_factory.mktemp("data"), images, labels)


@pytest.fixture(scope="session")
def few(mnist: Dataset, make_data: Callable[[Any, Any], Dataset]) -> Dataset:
    """A data set of its own: 300 of MNIST's digits."""
    return make_data(mnist.test.images[:300], mnist.test.labels[:300])


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording of a training, beside the model that it made."""
    folder = tmp_path_factory.mktemp("report")
    model, film = str(folder / "m.safetensors"), folder / "film.safetensors"
    assert run(["train", *SMALL, "--model", model, "--validation", "0.2", "--record", str(film)]) == 0
    return film


@pytest.fixture(scope="session")
def model(film: Path) -> Model:
    """A trained model with thresholds, some of which it can reach."""
    plain = load_model(film.with_name("m.safetensors"))
    calibration = load_reader_model().calibration
    assert calibration is not None
    rows = np.array([(0.1, 0.3, 1.0), (0.3, 0.05, 0.7), (0.5, 0.02, 0.4)])
    weights = np.zeros(plain.network.config.hidden[-1] + 3)
    fitted = replace(calibration, temperature=0.8, weights=weights, bias=3.0, not_a_digit=0.2, table=rows, test=None)
    return replace(plain, calibration=fitted)


@pytest.fixture(scope="session")
def measured(model: Model, mnist: Dataset, film: Path) -> Measurements:
    return Measurements("m.safetensors", model, mnist, recording.load(film))


@pytest.fixture(scope="session")
def untrained(few: Dataset) -> Measurements:
    """Of a wide network that was never trained, with as many pictures as there can be."""
    return Measurements("m", Model(Network.create(NetworkConfig(hidden=(800,)))), few, examples=50)


@pytest.fixture(scope="session")
def made(model: Model, mnist: Dataset, film: Path) -> Report:
    return build_report(model, mnist, name="m.safetensors", recording=recording.load(film))


@pytest.fixture(scope="session")
def bare(few: Dataset) -> Report:
    """Of a wide network that was never trained, with as many pictures as there can be."""
    return build_report(Model(Network.create(NetworkConfig(hidden=(800,)))), few, examples=50)


@pytest.fixture(scope="session")
def page(made: Report) -> Content:
    return take_apart(made.html)
