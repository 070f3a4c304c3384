"""The room Draw in a real browser: a digit is drawn and read, and looked into."""

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from changed_files import without_checksum
from patience import PATIENCE
from PIL import Image

from mnist_nn import Dataset, evaluate, load_model

Visit = Callable[..., Any]

SEVEN = [[(0.2, 0.2), (0.8, 0.2), (0.45, 0.9)]]
FOUR = [[(0.6, 0.15), (0.25, 0.6), (0.8, 0.6)], [(0.62, 0.3), (0.6, 0.9)]]


def draw(page: Any, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw with the mouse."""
    box = page.locator(".sheet").bounding_box()
    for stroke in strokes:
        first, *others = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*first)
        page.mouse.down()
        for place in others:
            page.mouse.move(*place, steps=5)
        page.mouse.up()


def says(page: Any, text: str) -> None:
    page.locator(".decision h2", has_text=text).wait_for()


@pytest.mark.parametrize(("strokes", "digit"), [(SEVEN, 7), pytest.param(FOUR, 4, marks=pytest.mark.slow)])
def test_a_drawn_digit_is_read(visit: Visit, strokes: list[list[tuple[float, float]]], digit: int) -> None:
    page = visit("#/draw")
    says(page, "Nothing to read")
    draw(page, strokes)
    says(page, f"a {digit}")
    assert page.locator(".bars .best b").inner_text() == str(digit)
    assert page.locator(".lines path").count() > 20
    page.get_by_role("button", name="Clear").click()
    says(page, "Nothing to read")


@pytest.mark.slow
def test_a_finger_draws(visit: Visit) -> None:
    page = visit("#/draw", phone=True)
    session = page.context.new_cdp_session(page)
    box = page.locator(".sheet").bounding_box()
    places = [(0.5, 0.15 + 0.07 * i) for i in range(11)]
    points = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in places]
    for kind, touched in [("touchStart", points[:1]), *(("touchMove", [p]) for p in points[1:]), ("touchEnd", [])]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
    says(page, "a 1")
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    assert page.evaluate("scrollY") == 0


@pytest.mark.slow
def test_undo_takes_the_last_line_away(visit: Visit) -> None:
    page = visit("#/draw")
    draw(page, FOUR)
    says(page, "a 4")
    page.get_by_role("button", name="Undo").click()
    page.locator(".decision h2", has_text="4").wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    says(page, "Nothing to read")


@pytest.mark.slow
def test_everything_can_be_taken_back(visit: Visit) -> None:
    page = visit("#/draw")
    undo = page.get_by_role("button", name="Undo", exact=True)
    assert undo.is_disabled()
    draw(page, SEVEN)
    says(page, "a 7")
    page.get_by_role("button", name="Clear").click()
    says(page, "Nothing to read")
    page.keyboard.press("Control+z")
    says(page, "a 7")
    page.locator(".accuracy", has_text="of 10,000").wait_for()
    page.get_by_role("button", name="Next", exact=True).click()
    page.locator(".decision", has_text="the label says").wait_for()
    page.keyboard.press("Control+z")
    says(page, "a 7")
    page.locator(".bars button").nth(3).click()
    page.get_by_role("slider", name="Bias").press("ArrowRight")
    page.locator(".accuracy", has_text="a difference of").wait_for()
    undo.click()
    page.locator(".accuracy", has_text="Reads").wait_for()
    says(page, "a 7")
    page.keyboard.press("Control+Shift+z")
    page.locator(".accuracy", has_text="a difference of").wait_for()


@pytest.mark.slow
def test_the_address_brings_the_drawing_back(visit: Visit) -> None:
    page = visit("#/draw")
    draw(page, SEVEN)
    says(page, "a 7")
    page.wait_for_url(re.compile("ink:"))
    before = page.locator(".bars").inner_text()
    again = visit(page.url.removeprefix(page.evaluate("location.origin") + "/"))
    says(again, "a 7")
    assert again.locator(".bars").inner_text() == before


@pytest.mark.slow
def test_a_scribble_is_no_digit(visit: Visit) -> None:
    page = visit("#/draw")
    rng = np.random.default_rng(3)
    draw(page, [[(float(x), float(y)) for x, y in rng.uniform(0.05, 0.95, (15, 2))]])
    says(page, "Not a digit")


@pytest.mark.slow
def test_the_wrongly_read_digits_come_first(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/draw?model=classic")
    page.locator(".digits .note", has_text="are read wrongly").wait_for()
    page.get_by_role("button", name="Next").click()
    page.wait_for_url(re.compile("image=test:"))
    image = int(re.findall(r"image=test:(\d+)", page.url)[0])
    page.locator(".decision", has_text=f"Wrong: the label says {mnist.test.labels[image]}").wait_for()


@pytest.mark.slow
def test_a_neuron_switched_off_changes_the_accuracy(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/draw?model=classic&image=test:0")
    page.locator(".accuracy", has_text="of 10,000").wait_for()
    page.get_by_role("button", name="Hidden neuron 6:").press("Enter")
    page.get_by_role("heading", name="Hidden neuron 6").wait_for()
    page.get_by_role("switch", name="Switch this neuron off").check()
    assert "so the next layer receives 0 from it" in page.locator(".sum-result").inner_text()
    page.locator(".accuracy", has_text="Without your changes").wait_for()
    text = page.locator(".accuracy").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this model as a file").click()
    network = load_model(download.value.path()).network
    weights = [w.copy() for w in network.weights]
    weights[1][:, 6] = 0
    changed = type(network)(network.config, tuple(weights), network.biases)
    right, unchanged = (round(evaluate(n, mnist.test).accuracy * 10_000) for n in (changed, network))
    counted, others = text.split(" of ")[0], text.split("Without your changes it is ")[1].split(",")
    assert abs(int(counted.replace(",", "")) - right) <= 1
    assert abs(int("".join(others[:2])) - unchanged) <= 1
    page.wait_for_url(re.compile(r"off=1\.7"))


@pytest.mark.slow
def test_a_link_from_before_todays_names_still_works(visit: Visit) -> None:
    page = visit("#/draw?model=seed&image=test:8&neuron=1.4&off=1.4&bias=2.7:0.5")
    page.locator(".accuracy", has_text="Without your changes it is").wait_for()
    assert page.locator("#model").input_value() == "classic"
    assert page.locator(".neuron.off").count() == 1
    page.get_by_role("heading", name="Hidden neuron 3").wait_for()


def test_the_sum_of_a_neuron_is_its_terms(visit: Visit) -> None:
    page = visit("#/draw?model=classic&image=test:0&neuron=1.3")
    page.locator(".fold summary").click()
    page.locator(".inspect .fold .terms").wait_for()
    rows = page.locator(".inspect .terms tbody tr:not(.rest) td:last-child").all_inner_texts()
    z = page.locator(".sum-result b").first.inner_text()
    assert len(rows) > 60
    assert sum(map(value, rows)) == pytest.approx(value(z), abs=0.0006 * len(rows))


def value(text: str) -> float:
    return float(text.replace("−", "-").replace("·10⁻", "e-").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))


@pytest.mark.slow
def test_the_bias_of_a_neuron_moves_the_answer(visit: Visit) -> None:
    page = visit("#/draw?model=classic&image=test:8&neuron=2.7")
    says(page, "a 6")
    slider = page.get_by_role("slider", name="Bias")
    slider.press("Home")
    page.locator(".decision h2", has_text="6").wait_for(state="detached")
    assert page.locator(".inspect output").inner_text().endswith("(−5.00)")
    page.get_by_role("button", name="Undo all changes").click()
    says(page, "a 6")


def test_a_photo_is_read(visit: Visit, mnist: Dataset, tmp_path: Path) -> None:
    page = visit("#/draw")
    paper = np.linspace(150, 235, 400)[None, :].repeat(300, axis=0)  # light falls from one side
    digit = np.asarray(Image.fromarray(mnist.test.images[0]).resize((180, 180)))
    paper[60:240, 100:280] *= 1 - 0.8 * digit / 255.0
    Image.fromarray(paper.astype(np.uint8)).save(tmp_path / "seven.png")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a picture").click()
    chooser.value.set_files(tmp_path / "seven.png")
    says(page, "a 7")


@pytest.mark.slow
def test_a_file_that_is_no_picture_is_named(visit: Visit, tmp_path: Path) -> None:
    page = visit("#/draw")
    (tmp_path / "notes.txt").write_text("no picture")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a picture").click()
    chooser.value.set_files(tmp_path / "notes.txt")
    page.get_by_role("alert").filter(has_text="notes.txt").wait_for()


@pytest.mark.slow
def test_a_model_is_opened_and_downloaded(visit: Visit, tmp_path: Path) -> None:
    page = visit("#/draw")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this model as a file").click()
    download.value.save_as(tmp_path / "mine.safetensors")
    model = load_model(tmp_path / "mine.safetensors")
    assert model.network.config.sizes == (784, 256, 128, 10)
    assert model.calibration is not None
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a model file").click()
    chooser.value.set_files(tmp_path / "mine.safetensors")
    page.locator("#model option:checked", has_text="mine").wait_for(state="attached")
    assert page.get_by_role("alert").count() == 0
    older = without_checksum((tmp_path / "mine.safetensors").read_bytes())
    (tmp_path / "older.safetensors").write_bytes(older)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a model file").click()
    chooser.value.set_files(tmp_path / "older.safetensors")
    page.get_by_role("alert").filter(has_text="older.safetensors was saved before model files had").wait_for()
    page.locator("#model option:checked", has_text="older").wait_for(state="attached")


def test_nothing_keeps_anyone_out(visit: Visit, findings: Callable[[Any], list[str]]) -> None:
    page = visit("#/draw?model=classic&image=test:8&neuron=1.7", bypass_csp=True)
    page.get_by_role("heading", name="Hidden neuron 6").wait_for()
    assert findings(page) == []


@pytest.mark.slow
def test_the_exported_site_needs_no_python(
    visit: Visit, running: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> None:
    command = (sys.executable, "-m", "mnist_nn", "play", "--export", str(tmp_path / "site"))
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE)
    server = (sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path / "site"))
    with running(*server, folder=tmp_path) as url:
        page = visit("#/draw", url=url)
        draw(page, SEVEN)
        says(page, "a 7")
        page.locator(".accuracy", has_text="of 10,000").wait_for()
        page.close()


def test_the_page_is_light(visit: Visit) -> None:
    """So that its first paint is quick; what it takes in seconds depends on what else the machine does."""
    page = visit("#/draw")
    page.locator(".accuracy", has_text="of 10,000").wait_for()
    sent = page.evaluate("performance.getEntriesByType('resource').map(one => [one.name, one.transferSize])")
    light = [(name, size) for name, size in sent if "/data/test-" not in name]
    assert sum(size for _, size in light) < 1_000_000, "page and reader"
    assert sum(size for name, size in light if "/data/" not in name) < 165_000, "page alone"


@pytest.mark.slow
def test_a_turned_digit_is_read_otherwise_at_some_point(visit: Visit) -> None:
    page = visit("#/draw?model=classic&image=test:0")
    says(page, "7")
    page.get_by_text("Turn it, shift it, add noise").click()
    page.locator(".strip .same").first.wait_for()
    slider = page.get_by_role("slider", name="Turn to the left")
    slider.fill("-90")
    page.wait_for_url(re.compile("turn=-90"))
    page.locator(".decision", has_text="Wrong: the label says 7").wait_for()
    strip = page.locator("#robust-turn ~ .strip i")
    assert strip.count() == 19
    assert strip.nth(9).inner_text() == "7"
    assert strip.first.inner_text() == page.locator(".bars .best b").inner_text()
    again = visit(page.url.removeprefix(page.evaluate("location.origin") + "/"))
    again.locator(".decision", has_text="Wrong: the label says 7").wait_for()
    again.get_by_role("button", name="Back to the original picture").click()
    says(again, "7")
    again.locator(".decision", has_text="The label says 7 too").wait_for()


@pytest.mark.slow
def test_the_map_of_a_layer_shows_the_image_of_a_digit(
    visit: Visit, mnist: Dataset, findings: Callable[[Any], list[str]]
) -> None:
    page = visit("#/draw?model=classic&image=test:0", bypass_csp=True)
    page.get_by_text("A map of a layer").click()
    page.get_by_text("of all differences between the 1,000 test digits").wait_for()
    field = page.locator(".layer-map")
    field.focus()
    field.press("ArrowRight")
    page.get_by_text(f"Test digit 0: a {mnist.test.labels[0]}, read as 7.").wait_for()
    field.press("ArrowLeft")
    page.get_by_text("Test digit 0:").wait_for(state="detached")
    words = page.locator(".layer-map-row .note").inner_text()
    image = int(re.findall(r"Test digit (\d+)", words)[0])
    assert f": a {mnist.test.labels[image]}," in words
    page.get_by_label("Layer", exact=True).select_option("-1")
    page.get_by_text("of all differences").wait_for()
    assert findings(page) == []
    page.get_by_role("button", name="Put it on the sheet").click()
    page.wait_for_url(re.compile(f"image=test:{image}"))
