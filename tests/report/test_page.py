"""A report says what evaluation found, needs nothing else, and keeps nobody out."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Model, Network, NetworkConfig, plots
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.model_file import recording
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.report import SECTIONS, Report, build_report

Parse = Callable[[str], Any]
MakeData = Callable[[Any, Any], Dataset]

# What it says


def test_every_section_is_there_in_order(made: Report, page: Any) -> None:
    assert made.sections == tuple(SECTIONS)
    assert made.left_out == {}
    assert [link[1:] for link in page.links if link.startswith("#") and "-" not in link] == list(SECTIONS)
    places = [made.html.index(f'<section id="{name}"') for name in SECTIONS]
    assert places == sorted(places)


# What it is


def test_it_asks_for_nothing(made: Report, page: Any) -> None:
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    for word in ("http://", "https://", "<script", "@import", "<link", "url(h"):
        assert word not in made.html
    assert set(re.findall(r"url\(([^)]*)", made.html)) <= {f"#{name}" for name in page.ids}
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert "default-src 'none'" in made.html


def test_ids_are_unique_and_pictures_have_words(page: Any) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert len(page.names) > 100
    assert all(page.names)


@pytest.mark.slow
def test_it_is_small(made: Report, bare: Report) -> None:
    assert len(made.html.encode()) < 500_000
    assert len(bare.html.encode()) < 1_500_000


PROGRAM = """
import sys
from mnist_nn import load_data, load_model
from mnist_nn.report import build_report
sys.stdout.buffer.write(build_report(load_model(sys.argv[1]), load_data(sys.argv[2]), name="m").html.encode())
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.mark.slow
def test_the_same_model_gives_the_same_bytes(film: Path, few: Dataset) -> None:
    pages = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(film), few.name],
            capture_output=True,
            check=True,
            timeout=PATIENCE,
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": backend, "SOURCE_DATE_EPOCH": seed},
        ).stdout
        for seed, backend in (("1", "svg"), ("2", "agg"))
    ]
    assert len(pages[0]) > 100_000
    assert pages[0] == pages[1]


BAD = "<script>alert(1)</script>\"'&\n\x1b[31m\udcff"


def test_what_comes_from_files_cannot_break_out(parse: Parse, model: Model, few: Dataset) -> None:
    evil = replace(model, data={"name": BAD, "sha256": BAD}, versions={BAD: BAD})
    html = build_report(evil, few, name=BAD).html
    assert "<script" not in html
    assert "\x1b" not in html
    assert "alert(1)" in parse(html).text
    html.encode()


# What cannot be


def test_a_network_alone_is_judged_all_the_same(parse: Parse, bare: Report) -> None:
    assert set(bare.left_out) == {"diagnosis", "learning", "gradients", "reproduce"}
    text = parse(bare.html).text
    for key, reason in bare.left_out.items():
        assert f"{SECTIONS[key][0]}: {reason}." in text
    assert "no thresholds are marked" in text
    assert "The file does not say how it was trained." in text


@pytest.mark.slow
def test_the_packaged_reader_has_a_report(parse: Parse, few: Dataset) -> None:
    made = build_report(load_reader_model(), few)
    assert set(made.left_out) - {"mistakes", "labels"} == {"diagnosis", "learning", "gradients", "reproduce"}
    assert made.evaluation.accuracy > 0.98
    assert len(parse(made.html).table("max error")) > 2


@pytest.mark.slow
def test_other_data_is_said_and_examples_are_as_many_as_asked_for(parse: Parse, model: Model, few: Dataset) -> None:
    made = build_report(model, few, examples=2)
    page = parse(made.html)
    assert f"It was trained on different data, mnist; the test images here are those of {few.name}." in page.text
    assert sum(name.startswith("Test image") for name in page.names) == 3 * 2
    assert page.names.count("a 1") == 2, "the network knows more than two of these"
    assert made.left_out == {
        "gradients": "gradients need the training images, and this data is not what the model was trained on"
    }


def test_what_is_no_picture_and_what_has_many_classes(make_data: MakeData) -> None:
    rng = np.random.default_rng(0)
    points = make_data(rng.random((200, 7), dtype=np.float32), np.arange(200) % 70)
    network = Network.create(NetworkConfig(inputs=7, hidden=(4,), outputs=70))
    assert set(build_report(Model(network), points).left_out) == {
        "diagnosis", "learning", "weights", "confusion", "classes", "mistakes", "gradients", "reproduce",
        "labels", "robustness", "map",
    }  # fmt: skip


def test_a_network_that_makes_no_mistake(make_data: MakeData) -> None:
    images = np.eye(4, dtype=np.uint8).reshape(4, 2, 2) * np.uint8(255)
    data = make_data(images, np.arange(4))
    config = NetworkConfig(inputs=4, hidden=(), outputs=4)
    made = build_report(Model(Network.of(config, [9 * np.eye(4), np.zeros(4)])), data)
    assert made.left_out["mistakes"] == "the network made no mistakes on the test images"
    assert "It made no mistakes." in made.html


def test_what_does_not_belong_together_is_refused(model: Model, mnist: Dataset, film: Path) -> None:
    other = replace(model, network=Network.create(seed=5))
    with pytest.raises(ConfigError, match="recording belongs to another training"):
        build_report(other, mnist, recording=recording.load(film))
    with pytest.raises(ConfigError, match="784 values"):
        build_report(Model(Network.create(NetworkConfig(inputs=9))), mnist)
    with pytest.raises(DataError, match="more classes than the network's 4 outputs"):
        build_report(Model(Network.create(NetworkConfig(outputs=4))), mnist)
    with pytest.raises(ConfigError, match="examples"):
        build_report(model, mnist, examples=0)


# The page that describes it

DOCS = (Path(__file__).parents[2] / "docs" / "how-to" / "report.md").read_text(encoding="utf-8")


def test_the_documentation_names_every_section_and_every_figure() -> None:
    for title, _ in SECTIONS.values():
        assert f"| {title} |" in DOCS
    for name in plots.__all__:
        assert f"| `{name}(" in DOCS


def test_the_examples_of_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL))
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


@pytest.mark.slow
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
