"""The room Microscope in a real browser: every step, every derivative, the worksheet."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Network, load_model
from mnist_nn.engines.reference import forward

Visit = Callable[..., Any]

STEPS = [
    "The image and its label",
    "Weighted sums of the hidden layer",
    "Activation of the hidden layer",
    "Weighted sums of the output layer",
    "Activation of the output layer",
    "The loss",
    "Error of the output layer",
    "Derivatives for the weights of the output layer",
    "Error of the hidden layer",
    "Derivatives for the weights of the hidden layer",
    "The new weights",
]


def title(page: Any) -> str:
    return page.locator(".step-main h2").inner_text()


def cells(page: Any, symbol: str) -> np.ndarray:
    """The numbers of a vector."""
    titles = page.locator(f".cells[aria-label='{symbol}'] .cell").evaluate_all("all => all.map(one => one.title)")
    return np.array([float(title.split("= ")[1]) for title in titles])


def number(text: str) -> float:
    plain = text.replace("−", "-").replace("·10⁻", "e-").replace("·10-", "e-")
    return float(plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))


def model_of(page: Any) -> Network:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this model as a file").click()
    return load_model(download.value.path()).network


def test_steps_forward_and_backward(visit: Visit) -> None:
    page = visit("#/microscope")
    seen = [title(page)]
    for _ in STEPS[1:]:
        page.get_by_role("button", name="Next →").click()
        seen.append(title(page))
    assert seen == STEPS
    assert page.locator(".step-bar button.primary").is_disabled()
    page.locator("body").press("ArrowLeft")
    assert title(page) == STEPS[-2]
    page.locator("body").press("ArrowRight")
    page.wait_for_url(re.compile("step=11"))
    page.locator(".map button").nth(6).click()
    assert title(page) == STEPS[6]


def test_the_numbers_are_those_of_the_library(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/microscope?image=test:18&step=3")
    network = model_of(page)
    x = mnist.test.images[18].reshape(1, -1) / 255.0
    wide = [np.asarray(p, np.float64) for p in network.parameters]
    z, a = forward(network.config, wide[0::2], wide[1::2], x)
    o, label = 1 / (1 + np.exp(-z[1][0])), np.eye(10)[mnist.test.labels[18]]
    assert cells(page, "h") == pytest.approx(a[1][0], abs=1e-6)
    assert cells(page, "z_h") == pytest.approx(z[0][0], abs=1e-6)
    page.locator(".map button").nth(8).click()
    assert cells(page, "δ_o") == pytest.approx(o - label, abs=1e-6)
    delta_h = (o - label) @ wide[2] * a[1][0] * (1 - a[1][0])
    assert cells(page, "δ_h") == pytest.approx(delta_h, abs=1e-6)


SLOW = pytest.mark.slow  # the same again with other settings


@pytest.mark.parametrize(
    "loss", ["classic_mse", pytest.param("mse", marks=SLOW), pytest.param("cross_entropy", marks=SLOW)]
)
def test_every_derivative_agrees_with_the_one_taken_numerically(visit: Visit, loss: str) -> None:
    page = visit(f"#/microscope?image=train:3&step=8&loss={loss}")
    for step in (7, 9):
        page.locator(".map button").nth(step).click()
        for unit in (0, 4, 9):
            page.locator(".cell").nth(unit).click()
            assert page.locator(".agrees").count() == 2
            assert page.locator(".differs").count() == 0


@pytest.mark.parametrize(
    ("loss", "descended"),
    [("classic_mse", "Summed binary cross-entropy"), pytest.param("mse", "Mean squared error", marks=SLOW)],
)
def test_the_mismatch_is_shown_in_numbers(visit: Visit, loss: str, descended: str) -> None:
    page = visit(f"#/microscope?step=7&loss={loss}")
    rows = page.locator(".mismatch tbody tr")
    equal = rows.filter(has_text="equal ✓")
    rows.first.wait_for()
    assert rows.count() == 3
    assert equal.count() == 1
    assert equal.inner_text().startswith(descended)
    assert "descended" in equal.inner_text()
    assert rows.filter(has_text="Mean squared error").filter(has_text="printed").count() == 1


def test_any_number_opens_into_its_terms(visit: Visit) -> None:
    page = visit("#/microscope?step=2")
    page.locator(".cell").nth(11).click()
    terms = page.locator(".step-opened .terms tbody tr:not(.rest) td:last-child")
    page.locator(".step-opened .fold summary").click()
    page.locator(".step-opened .fold .terms").wait_for()
    total = sum(map(number, terms.all_inner_texts()))
    assert total == pytest.approx(cells(page, "z_h")[11], abs=0.0006 * terms.count())
    page.wait_for_url(re.compile(r"path=\d+\.12\."))


@pytest.mark.slow
def test_pictures_obey_the_arrow_keys(visit: Visit) -> None:
    page = visit("#/microscope?step=1&path=406.7.6")
    picture = page.get_by_role("application").first
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_url(re.compile(r"path=435\.7\.6"))
    assert title(page) == STEPS[0]


@pytest.mark.slow
def test_a_step_is_taken_and_can_be_shared(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/microscope?image=train:0")
    page.get_by_role("button", name="Take the step").click()
    page.get_by_text("1 images learned here").wait_for()
    page.wait_for_url(re.compile("image=train:1&"))
    assert page.locator("#label").input_value() == str(mnist.train.labels[1])
    page.locator(".map button").nth(5).click()
    page.wait_for_url(re.compile("step=6"))
    loss = page.locator(".step-main .terms .rest").inner_text()
    address = page.url.removeprefix(page.evaluate("location.origin") + "/")
    assert visit(address).locator(".step-main .terms .rest").inner_text() == loss
    page.get_by_role("button", name="Start again").click()
    page.get_by_text("images learned here").wait_for(state="detached")
    assert page.locator(".step-main .terms .rest").inner_text() != loss


@pytest.mark.slow
def test_a_link_from_before_todays_names_still_works(visit: Visit) -> None:
    page = visit(
        "#/microscope?model=seed&image=test:18&loss=seed_mse&step=8&path=100.3.4&learned=test:5/1/seed_mse/0.03"
    )
    assert title(page) == STEPS[7]
    assert [page.locator(one).input_value() for one in ("#model", "#loss", "#place")] == [
        "classic",
        "classic_mse",
        "18",
    ]
    page.get_by_text("1 images learned here, one update each.").wait_for()
    page.locator(".agrees").first.wait_for()


@pytest.mark.slow
def test_the_worksheet_has_blanks_and_their_solution(visit: Visit, tmp_path: Path) -> None:
    page = visit("#/microscope?step=7")
    delta = cells(page, "δ_o")
    with page.expect_download() as download:
        page.get_by_role("button", name="Worksheet to print").click()
    download.value.save_as(tmp_path / "sheet.html")
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    exercise, solution = text.split('<section class="solution">')
    blanks = exercise.count('class="blank"')
    assert blanks > 40
    assert solution.count('class="solved"') == blanks
    assert "<script" not in text
    solved = [
        number(one) for one in re.findall(r'δ</i><sub>o</sub>\[\d\]</th><td><span class="solved">([^<]+)', solution)
    ]
    assert solved == pytest.approx(delta, abs=6e-5)


@pytest.mark.slow
def test_a_drawing_comes_under_the_microscope(visit: Visit) -> None:
    page = visit("#/draw")
    box = page.locator(".sheet").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 40, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Do its arithmetic").click()
    page.locator(".step-main h2", has_text=STEPS[0]).wait_for()
    assert page.locator("#source option:checked").inner_text() == "your drawing"
    page.locator("#label").select_option("1")
    page.wait_for_url(re.compile("label=1"))


@pytest.mark.slow
def test_other_depths_have_numbered_symbols(visit: Visit) -> None:
    page = visit("#/microscope?model=reader&step=10")
    assert page.locator(".map button").count() == 15
    assert title(page) == "Derivatives for the weights of the output layer"
    page.locator(".map button").nth(10).click()
    assert title(page) == "Error of hidden layer 2".replace("of ", "of the ")
    page.locator(".map button").nth(11).click()
    assert page.locator(".differs").count() == 0


@pytest.mark.slow
def test_nothing_keeps_anyone_out(visit: Visit, findings: Callable[[Any], list[str]]) -> None:
    page = visit("#/microscope", bypass_csp=True)
    for step in (0, 7, 9, 10):
        page.locator(".map button").nth(step).click()
        assert title(page) == STEPS[step]
        assert findings(page) == []


@pytest.mark.slow
def test_a_phone_shows_every_step(visit: Visit) -> None:
    page = visit("#/microscope", phone=True)
    for _ in STEPS:
        assert page.evaluate("document.documentElement.scrollWidth <= 360"), title(page)
        current = page.locator(".map [aria-current]").bounding_box()
        assert 0 <= current["x"] <= 360 - current["width"], title(page)
        page.keyboard.press("ArrowRight")
