"""The page: one file, small, cut off from the network, drawn on in a real browser."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Model, Network, NetworkConfig
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.prediction import predict
from mnist_nn.export import export
from mnist_nn.imaging.framing import frame

Make = Callable[..., Model]
Page = Any
OPENED = "$export_html_page_answers.open(JSON.parse(document.querySelector('#model').textContent))"
TWO = [(0.3, 0.3), (0.5, 0.22), (0.65, 0.3), (0.6, 0.45), (0.45, 0.6), (0.3, 0.75), (0.5, 0.76), (0.72, 0.74)]


@pytest.fixture(scope="module")
def visit(
    visits: Callable[..., Any], reader: Model, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Page]]:
    """Open the reader's page from a folder; errors and requests fail the test."""
    path = tmp_path_factory.mktemp("page") / "digits.html"
    path.write_bytes(export(reader, "html"))
    with visits(path) as opened:
        yield opened


def draw(tab: Page, points: list[tuple[float, float]]) -> None:
    box = tab.locator("#sheet").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=4)
    tab.mouse.up()


def test_a_drawn_digit_is_read(visit: Callable[..., Page]) -> None:
    tab = visit()
    assert tab.locator("#headline").inner_text() == "Nothing to read"
    draw(tab, TWO)
    assert tab.locator("#headline").inner_text() == "This is a 2"
    assert tab.locator("#classes li").nth(2).inner_text().split()[0] == "2"
    assert "%" in tab.locator("#classes li").nth(2).inner_text()
    assert tab.locator("#aloud").inner_text().startswith("This is a 2.")
    tab.locator("#undo").click()
    assert tab.locator("#headline").inner_text() == "Nothing to read"


def test_a_finger_draws_too(visit: Callable[..., Page]) -> None:
    tab = visit(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    box = tab.locator("#sheet").bounding_box()
    touch = tab.context.new_cdp_session(tab)
    for i, (x, y) in enumerate([(0.5, 0.15), (0.5, 0.35), (0.5, 0.6), (0.5, 0.85)]):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert tab.locator("#headline").inner_text() == "This is a 1"
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_scribble_is_refused(visit: Callable[..., Page]) -> None:
    tab = visit()
    rng = np.random.default_rng(1)
    draw(tab, [tuple(point) for point in rng.uniform(0.1, 0.9, (14, 2)).tolist()])
    assert tab.locator("#headline").inner_text() == "Not a digit"


def test_the_page_frames_and_answers_as_the_library(visit: Callable[..., Page], reader: Model) -> None:
    tab = visit()
    ink = np.zeros((60, 60), np.uint8)
    ink[8:50, 25:31], ink[8:14, 12:31], ink[20:33, 20:24] = 200, 255, 17
    framed = frame(ink)
    pixels = "$export_html_page_answers.frameInk(Uint8Array.from(ink), 60)"
    assert tab.evaluate(f"ink => [...{pixels}]", ink.ravel().tolist()) == framed.ravel().tolist()
    given = tab.evaluate(f"ink => $export_html_page_answers.answer({OPENED}, {pixels})", ink.ravel().tolist())
    own = predict(reader.network, framed[None], reader.calibration)
    assert given["probabilities"] == pytest.approx(own.probabilities[0].tolist(), abs=1e-5)
    assert given["is_digit"] == pytest.approx(float(own.is_digit[0]), abs=1e-5)


def test_test_pictures_can_be_chosen_with_the_keyboard(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.locator("#examples button").nth(7).focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#headline").inner_text() == "This is a 7"


def test_the_page_says_that_it_checked_itself(visit: Callable[..., Page]) -> None:
    assert "gives the same answers as the reference engine" in visit().locator("#facts").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(
    visit: Callable[..., Page], violations: Callable[[Page], list[tuple[str, str]]], scheme: str
) -> None:
    tab = visit(color_scheme=scheme)
    draw(tab, TWO)
    assert violations(tab) == []


def test_the_seed_network_makes_a_page_under_300_kb_that_asks_for_nothing(make_model: Make) -> None:
    text = export(make_model(calibrated=True), "html").decode()
    assert len(text.encode()) < 300_000
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in text


def test_text_in_a_model_cannot_end_the_script(make_model: Make, mnist: Dataset) -> None:
    name = "</script><script>alert(1)</script>"
    text = export(Model(make_model().network, data={"name": name}), "html", mnist).decode()
    assert text.count("</script>") == 3
    assert "alert(1)" in text


@pytest.mark.slow
def test_classes_have_their_names(visits: Callable[..., Any], make_model: Make, tmp_path: Path) -> None:
    names = ("alpha", "b", '<i>"délta"</i>')
    model = replace(make_model(inputs=784, outputs=3, hidden=(4,)), class_names=names)
    (tmp_path / "named.html").write_bytes(export(model, "html"))
    with visits(tmp_path / "named.html") as visit:
        tab = visit()
        assert tab.title() == "Draw a picture"
        assert tab.locator("#classes b").all_inner_texts() == list(names)
        draw(tab, TWO)
        probabilities = tab.locator("#classes meter").evaluate_all("all => all.map((one) => one.value)")
        said = f"“{names[int(np.argmax(probabilities))]}”"
        assert said in tab.locator("#headline").inner_text()


def test_other_pictures_than_28_by_28_are_refused() -> None:
    with pytest.raises(ConfigError, match="28×28 pixels, but this network takes 64; choose the format onnx or c"):
        export(Model(Network.create(NetworkConfig(inputs=64))), "html")


def test_a_page_to_draw_digits_on_needs_a_model_of_digits(mnist: Dataset) -> None:
    with pytest.raises(ConfigError, match="'fashion-mnist', which holds no digits"):
        export(Model(Network.create(), data={"name": "fashion-mnist"}), "html", mnist)
