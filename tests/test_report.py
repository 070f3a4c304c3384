"""A report says what evaluation found, needs nothing else, keeps nobody out; its last line makes the model again."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Model, Network, NetworkConfig, evaluate, load_data, load_model, plots
from mnist_nn.cli.program import run
from mnist_nn.data import write_idx
from mnist_nn.data.sources import FILES
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.calibration import OperatingPoint
from mnist_nn.evaluation.reliability import predict_samples
from mnist_nn.model_file import recording
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.report import SECTIONS, Report, report
from mnist_nn.report.facts import Facts
from mnist_nn.report.reproduce import command

SMALL = ("--subset", "600", "--epochs", "3", "--engine", "reference", "--quiet")
VOID = {"meta", "img", "path", "use", "image"}


@dataclass
class Read(HTMLParser):
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


def read(html: str) -> Read:
    found = Read()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


def table(page: Read, *head: str) -> list[list[str]]:
    """The rows of the table whose first row begins so."""
    (found,) = (rows for rows in page.tables if rows[0][: len(head)] == list(head))
    return found[1:]


def trained(folder: Path, *arguments: str) -> Path:
    assert run(["train", *SMALL, "--model", str(folder / "m.safetensors"), *arguments]) == 0
    return folder / "m.safetensors"


def digits_of(folder: Path, images: Any, labels: Any) -> Dataset:
    for name, array in zip(FILES, (images, labels, images, labels), strict=True):
        write_idx(folder / name, array.astype(np.uint8) if array.dtype == np.int64 else array)
    return load_data(folder)


@pytest.fixture(scope="module")
def few(mnist: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A data set of its own: 300 of MNIST's digits."""
    return digits_of(tmp_path_factory.mktemp("few"), mnist.test.images[:300], mnist.test.labels[:300])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    trained(folder, "--validation", "0.2", "--record", str(folder / "film.safetensors"))
    return folder / "film.safetensors"


@pytest.fixture(scope="module")
def model(film: Path) -> Model:
    """A trained model with thresholds, some of which it can reach."""
    plain = load_model(film.with_name("m.safetensors"))
    calibration = load_reader_model().calibration
    assert calibration is not None
    rows = np.array([(0.1, 0.3, 1.0), (0.3, 0.05, 0.7), (0.5, 0.02, 0.4)])
    weights = np.zeros(plain.network.config.hidden[-1] + 3)
    fitted = replace(calibration, temperature=0.8, weights=weights, bias=3.0, not_a_digit=0.2, table=rows)
    return replace(plain, calibration=fitted)


@pytest.fixture(scope="module")
def made(model: Model, mnist: Dataset, film: Path) -> Report:
    return report(model, mnist, name="m.safetensors", recording=recording.load(film))


@pytest.fixture(scope="module")
def bare(few: Dataset) -> Report:
    """Of a wide network that was never trained, with as many pictures as there can be."""
    return report(Model(Network.create(NetworkConfig(hidden=(800,)))), few, examples=50)


@pytest.fixture(scope="module")
def page(made: Report) -> Read:
    return read(made.html)


# What it says


def test_every_section_is_there_in_order(made: Report, page: Read) -> None:
    assert made.sections == tuple(SECTIONS)
    assert made.left_out == {}
    assert [link[1:] for link in page.links if link.startswith("#") and "-" not in link] == list(SECTIONS)
    places = [made.html.index(f'<section id="{name}"') for name in SECTIONS]
    assert places == sorted(places)


def test_the_summary_is_evaluations(page: Read, model: Model, mnist: Dataset) -> None:
    found = evaluate(model.network, mnist.test, "classic_mse")
    rows = dict(table(page, "figure", "value"))
    low, high = (100 * bound for bound in found.interval)
    assert rows["Accuracy"] == f"{100 * found.accuracy:.2f} %, 95 % interval {low:.2f} to {high:.2f} %"
    assert rows["Mean loss"] == f"{found.loss:.5f}, mean squared error"
    assert rows["Loss descended"] == f"{found.descended:.5f}, summed binary cross-entropy"
    assert rows["Calibration error"] == f"{found.calibration_error:.4f}, expected, 15 bins"
    assert f"names about {100 * found.accuracy:.0f} right; it was asked about 10,000." in page.text
    counts = np.where(np.eye(10, dtype=bool), 0, found.confusion)
    true, taken = np.unravel_index(counts.argmax(), counts.shape)
    assert f"Most often it takes {true} for {taken}: {counts.max()} times." in page.text


def test_every_class_has_its_figures(page: Read, model: Model, mnist: Dataset) -> None:
    found = evaluate(model.network, mnist.test)
    rows = table(page, "class", "images")
    assert len(rows) == 10
    for label, row in enumerate(rows):
        assert row[:3] == [str(label), f"{found.confusion[label].sum():,}", f"{100 * found.recall[label]:.2f} %"]
        assert row[4] == ("–" if np.isnan(found.precision[label]) else f"{100 * found.precision[label]:.2f} %")


def test_the_confusion_matrix_holds_every_count(made: Report, model: Model, mnist: Dataset) -> None:
    body = made.html.partition('<section id="confusion"')[2].partition("</section>")[0]
    counts = evaluate(model.network, mnist.test).confusion
    written = [int(text) for text in re.findall(r">(\d+)</text>", body)]
    assert sorted(written) == sorted([*counts[counts > 0].tolist(), *range(10), *range(10)]), "and the ticks"


def test_the_worst_mistakes_are_shown_surest_first(page: Read, model: Model, mnist: Dataset) -> None:
    outcomes = predict_samples(model.network, mnist.test, model.calibration)
    true, predicted = outcomes.labels, outcomes.predictions.label
    expected = [f"Test image {i}, a {true[i]} taken for {predicted[i]}" for i in outcomes.mistakes()[:24]]
    assert [name for name in page.names if name.startswith("Test image")] == expected
    first = int(outcomes.mistakes()[0])
    assert f"{100 * outcomes.predictions.top_probability[first]:.2f} %" in page.text
    assert f"wrong about {len(outcomes.mistakes()):,} of 10,000" in page.text


def test_thresholds_stand_beside_what_they_do_on_the_test_images(page: Read, model: Model, mnist: Dataset) -> None:
    outcomes = predict_samples(model.network, mnist.test, model.calibration)
    rows = table(page, "max error")
    assert [row[0] for row in rows] == ["0.02", "0.05"], "0.002, 0.005 and 0.01 are out of reach"
    for row, point in zip(rows, [OperatingPoint(0.5, 0.02, 0.4), OperatingPoint(0.3, 0.05, 0.7)], strict=True):
        accepted = outcomes.predictions.confidence >= point.threshold
        risk = 1 - outcomes.right[accepted].mean() if accepted.any() else 0.0
        assert row[1:] == [
            f"{point.threshold:.4f}",
            f"{100 * point.coverage:.2f} %",
            f"{100 * accepted.mean():.2f} %",
            f"{100 * risk:.2f} %",
        ]


def test_every_epoch_and_every_gradient_has_its_numbers(page: Read, model: Model, mnist: Dataset, film: Path) -> None:
    assert model.checkpoint is not None
    rows = table(page, "epoch", "loss")
    assert [row[1] for row in rows] == [f"{score.loss:.5f}" for score in model.checkpoint.history]
    norms = Facts("m", model, mnist, recording.load(film)).norms
    assert norms is not None
    assert norms.epochs.tolist() == [0, 1, 2, 3]
    assert table(page, "epochs", "layer 1", "output layer") == [
        [f"{epoch:g}", *(f"{value:.4g}" for value in values)]
        for epoch, values in zip(norms.epochs, norms.values, strict=True)
    ]
    ends = Facts("m", model, mnist).norms
    assert ends is not None
    np.testing.assert_array_equal(ends.values, norms.values[[0, -1]])


def test_every_setting_is_listed(page: Read, model: Model) -> None:
    assert model.training is not None
    found = {row[0]: row[1:] for rows in page.tables if rows[0][0] == "setting" for row in rows[1:]}
    assert set(found) == {*model.network.config.to_dict(), *model.training.to_dict()}
    assert found["learning_rate"] == ["0.03, which suits the rest", ""]
    assert found["epochs"] == ["3", "10"]
    assert found["hidden"] == ["20", ""]


def test_data_is_named_to_the_last_bit(page: Read, mnist: Dataset, model: Model) -> None:
    rows = table(page, "file", "bytes", "SHA-256")
    assert [row[2] for row in rows] == [file.sha256 for file in mnist.files]
    assert model.data["sha256"] in page.text


# What it is


def test_it_asks_for_nothing(made: Report, page: Read) -> None:
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    for word in ("http://", "https://", "<script", "@import", "<link", "url(h"):
        assert word not in made.html
    assert set(re.findall(r"url\(([^)]*)", made.html)) <= {f"#{name}" for name in page.ids}
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert "default-src 'none'" in made.html


def test_ids_are_unique_and_pictures_have_words(page: Read) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert len(page.names) > 100
    assert all(page.names)


def test_it_is_small(made: Report, bare: Report) -> None:
    assert len(made.html.encode()) < 500_000
    assert len(bare.html.encode()) < 1_500_000


PROGRAM = """
import sys
from mnist_nn import load_data, load_model
from mnist_nn.report import report
sys.stdout.buffer.write(report(load_model(sys.argv[1]), load_data(sys.argv[2]), name="m").html.encode())
assert "matplotlib.pyplot" not in sys.modules
"""


def test_the_same_model_gives_the_same_bytes(film: Path, few: Dataset) -> None:
    pages = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(film), few.name],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": backend, "SOURCE_DATE_EPOCH": seed},
            timeout=PATIENCE,
        ).stdout
        for seed, backend in (("1", "svg"), ("2", "agg"))
    ]
    assert len(pages[0]) > 100_000
    assert pages[0] == pages[1]


BAD = "<script>alert(1)</script>\"'&\n\x1b[31m\udcff"


def test_what_comes_from_files_cannot_break_out(model: Model, few: Dataset) -> None:
    evil = replace(model, data={"name": BAD, "sha256": BAD}, versions={BAD: BAD})
    html = report(evil, few, name=BAD).html
    assert "<script" not in html
    assert "\x1b" not in html
    assert "alert(1)" in read(html).text
    html.encode()


# What cannot be


def test_a_network_alone_is_judged_all_the_same(bare: Report) -> None:
    assert set(bare.left_out) == {"learning", "gradients", "reproduce"}
    text = read(bare.html).text
    for key, reason in bare.left_out.items():
        assert f"{SECTIONS[key][0]}: {reason}." in text
    assert "no thresholds are marked" in text
    assert "The file does not say how it was trained." in text


def test_the_packaged_reader_has_a_report(few: Dataset) -> None:
    made = report(load_reader_model(), few)
    assert set(made.left_out) - {"mistakes"} == {"learning", "gradients", "reproduce"}
    assert made.evaluation.accuracy > 0.98
    assert len(table(read(made.html), "max error")) > 2


def test_other_data_is_said_and_examples_are_as_many_as_asked_for(model: Model, few: Dataset) -> None:
    made = report(model, few, examples=2)
    page = read(made.html)
    assert f"It was trained on other data, mnist; these are the test images of {few.name}." in page.text
    assert sum(name.startswith("Test image") for name in page.names) == 3 * 2
    assert page.names.count("a 1") == 2, "the network knows more than two of these"
    assert made.left_out == {"gradients": "they are taken on the training images, and this is other data"}


def test_what_is_no_picture_and_what_has_many_classes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points = digits_of(tmp_path, rng.random((200, 7), dtype=np.float32), np.arange(200) % 70)
    network = Network.create(NetworkConfig(inputs=7, hidden=(4,), outputs=70))
    assert set(report(Model(network), points).left_out) == {
        "learning", "weights", "confusion", "classes", "mistakes", "gradients", "reproduce",
    }  # fmt: skip


def test_a_network_that_makes_no_mistake(tmp_path: Path) -> None:
    images = np.eye(4, dtype=np.uint8).reshape(4, 2, 2) * np.uint8(255)
    data = digits_of(tmp_path, images, np.arange(4))
    config = NetworkConfig(inputs=4, hidden=(), outputs=4)
    made = report(Model(Network.of(config, [9 * np.eye(4), np.zeros(4)])), data)
    assert made.left_out["mistakes"] == "it made none on the test images"
    assert "It made no mistake." in made.html


def test_what_does_not_belong_together_is_refused(model: Model, mnist: Dataset, film: Path) -> None:
    other = replace(model, network=Network.create(seed=5))
    with pytest.raises(ConfigError, match="recording is not one of this model's"):
        report(other, mnist, recording=recording.load(film))
    with pytest.raises(ConfigError, match="784 values"):
        report(Model(Network.create(NetworkConfig(inputs=9))), mnist)
    with pytest.raises(DataError, match="more classes than the network's 4 outputs"):
        report(Model(Network.create(NetworkConfig(outputs=4))), mnist)
    with pytest.raises(ConfigError, match="examples"):
        report(model, mnist, examples=0)


# How to make it again


RUNS = [
    (),
    ("--engine", "reference", "--batch-size", "10"),
    ("--hidden", "9,7", "--activation", "relu,tanh", "--dropout", "0.2,0.1", "--validation", "0.25", "--patience", "1",
     "--optimizer", "adamw", "--l2", "0.01", "--batch-size", "16", "--schedule", "cosine", "--seed", "7"),
    ("--hidden", "none", "--output", "softmax", "--loss", "cross_entropy", "--rate", "0.0123456789",
     "--optimizer", "nesterov", "--momentum", "0.7", "--batch-size", "8", "--validation", "60"),
    ("--preset", "nielsen", "--max-norm", "2.5", "--augmentation", "affine", "--dtype", "float64", "--epochs", "2"),
]  # fmt: skip


@pytest.mark.parametrize("settings", RUNS, ids=["seed", "reference", "adamw", "linear", "nielsen"])
def test_the_command_line_makes_the_same_bits(tmp_path: Path, monkeypatch: Any, settings: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["train", "--subset", "300", "--epochs", "2", "--quiet", *settings]) == 0
    model = load_model("mnist-model.safetensors")
    line = command(model)
    assert isinstance(line, str)
    program, *words = shlex.split(line)
    assert program == "mnist-nn"
    assert run([*words, "--quiet"]) == 0
    again = load_model("again.safetensors")
    assert (again.network.config, again.training) == (model.network.config, model.training)
    for one, other in zip(model.network.parameters, again.network.parameters, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_command_line_stands_in_the_report(model: Model, made: Report) -> None:
    line = command(model)
    assert (
        line == "mnist-nn train --model again.safetensors --engine reference --epochs 3 --subset 600 --validation 0.2"
    )
    assert f"<code>{line}</code>" in made.html
    assert "does not say which engine" not in made.html


def test_where_the_engine_is_not_known_or_not_one_that_is_said(model: Model, few: Dataset) -> None:
    assert model.checkpoint is not None
    older = replace(model, checkpoint=replace(model.checkpoint, engines=()))
    assert "--engine" not in str(command(older))
    assert "The file does not say which engine trained it" in read(report(older, few).html).text
    mixed = replace(model, checkpoint=replace(model.checkpoint, engines=("compiled", "reference")))
    reason = "several engines trained it, compiled and then reference, and a command has one"
    assert report(mixed, few).left_out["reproduce"] == reason


def test_a_training_that_was_stopped_has_no_such_command(model: Model) -> None:
    assert model.training is not None
    unfinished = replace(model, training=replace(model.training, epochs=9))
    assert "stopped after 3 of 9 epochs" in str(command(unfinished))
    assert "which data" in str(command(replace(model, data={})))


def test_data_from_a_folder_is_quoted_for_a_shell(model: Model) -> None:
    line = command(replace(model, data={"name": "my data; rm", "sha256": "0"}))
    assert isinstance(line, str)
    assert shlex.split(line)[4:6] == ["--data", "my data; rm"]


# The page that describes it

DOCS = (Path(__file__).parents[1] / "docs" / "report.md").read_text(encoding="utf-8")


def test_the_documentation_names_every_section_and_every_figure() -> None:
    for title, _ in SECTIONS.values():
        assert f"| {title} |" in DOCS
    for name in plots.__all__:
        assert f"| `{name}(" in DOCS


def test_the_examples_of_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    exec(compile(code, "report.md", "exec"), {})  # noqa: S102 - the documentation's own words
    assert {path.name for path in tmp_path.iterdir()} == set(re.findall(r'savefig\("(.*?)"', code))


# In a browser


@pytest.fixture(scope="module")
def page_file(made: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(made.html, encoding="utf-8")
    return path


@pytest.fixture
def visit(visits: Callable[..., Any], page_file: Path) -> Iterator[Callable[..., Any]]:
    with visits(page_file, pictures=True) as opened:
        yield opened


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1100)])
def test_nobody_is_kept_out(
    visit: Callable[..., Any], violations: Callable[[Any], list[Any]], scheme: str, width: int
) -> None:
    assert violations(visit(color_scheme=scheme, viewport={"width": width, "height": 800})) == []


def test_it_fits_a_telephone(visit: Callable[..., Any]) -> None:
    tab = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert tab.evaluate("document.documentElement.scrollWidth") == 360
    smallest = "Math.min(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height))"
    assert tab.evaluate(smallest) >= 8


def test_figures_take_the_colours_of_the_page(visit: Callable[..., Any]) -> None:
    colour = "getComputedStyle(document.querySelector('#learning svg text')).fill"
    seen = [visit(color_scheme=scheme).evaluate(colour) for scheme in ("light", "dark")]
    assert seen == ["rgb(22, 27, 39)", "rgb(232, 235, 242)"]


def test_in_print_it_is_light(visit: Callable[..., Any]) -> None:
    tab = visit(color_scheme="dark")
    tab.emulate_media(media="print")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
