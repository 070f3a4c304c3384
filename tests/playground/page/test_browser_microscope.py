"""The room Microscope in a real browser: every step, every derivative, the worksheet."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pypdfium2 import PdfDocument
from waiting import until

from mnist_nn import Dataset, Network, NetworkConfig, load_model
from mnist_nn.engines.reference import forward
from mnist_nn.util import randomness

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
    page = visit("#/microscope?model=classic&image=test:18&step=3")
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


@pytest.mark.slow
@pytest.mark.parametrize(
    "loss", ["classic_mse", pytest.param("mse", marks=SLOW), pytest.param("cross_entropy", marks=SLOW)]
)
def test_every_derivative_agrees_with_the_one_taken_numerically(visit: Visit, loss: str) -> None:
    page = visit(f"#/microscope?model=classic&image=train:3&step=8&loss={loss}&numbers=1")
    for step in (7, 9):
        page.locator(".map button").nth(step).click()
        for unit in (0, 4, 9):
            page.locator(".cell").nth(unit).click()
            assert page.locator(".agrees").count() == 2
            assert page.locator(".differs").count() == 0


@pytest.mark.slow
def test_the_mismatch_is_shown_in_numbers(visit: Visit) -> None:
    page = visit("#/microscope?model=classic&step=7")
    rows = page.locator(".mismatch tbody tr")
    equal = rows.filter(has_text="equal ✓")
    rows.first.wait_for()
    assert rows.count() == 3
    assert equal.count() == 1
    assert equal.inner_text().startswith("Summed binary cross-entropy")
    assert "minimized" in equal.inner_text()
    assert rows.filter(has_text="Mean squared error").filter(has_text="printed").count() == 1


@pytest.mark.parametrize(("step", "kind"), [(4, "weighted"), (9, "delta"), (11, "update")])
def test_every_line_is_as_wide_and_coloured_as_its_number(visit: Visit, mnist: Dataset, step: int, kind: str) -> None:
    page = visit(f"#/microscope?model=classic&image=test:18&step={step}&path=406.8.4")
    lines = page.locator(".lines path[data-line]").evaluate_all(
        "all => all.map(one => [...one.dataset.line.split(' ').map(Number), parseFloat(one.style.strokeWidth),"
        " one.classList.contains('for') ? 1 : -1])"
    )
    assert len(lines) >= 200
    numbers = flows(model_of(page), mnist.test.images[18], int(mnist.test.labels[18]), kind)
    values = np.array([numbers[int(layer)][int(to), int(start)] for layer, to, start, *_ in lines])
    widths, signs = np.array(lines)[:, 3], np.array(lines)[:, 4]
    assert (np.sign(values) == signs).all()
    most = max(np.abs(one).max() for one in numbers.values())
    assert number(page.locator(".flow-legend").get_attribute("data-most")) == pytest.approx(most, rel=1e-5)
    assert widths / widths.max() == pytest.approx(np.abs(values) / np.abs(values).max(), rel=1e-4, abs=1e-6)


def flows(network: Network, image: np.ndarray, label: int, kind: str) -> dict[int, np.ndarray]:
    """The numbers of a step by the layer that the lines lead into, in float64."""
    wide = [np.asarray(p, np.float64) for p in network.parameters]
    x = image.reshape(1, -1) / 255.0
    _, a = forward(network.config, wide[0::2], wide[1::2], x)
    h = a[1][0]
    delta_o = 1 / (1 + np.exp(-(wide[2] @ h + wide[3]))) - np.eye(10)[label]
    if kind == "weighted":
        return {1: wide[2] * h}
    if kind == "delta":
        return {1: wide[2] * delta_o[:, None]}
    delta_h = delta_o @ wide[2] * h * (1 - h)
    return {0: -0.03 * np.outer(delta_h, x[0]), 1: -0.03 * np.outer(delta_o, h)}


@pytest.mark.slow
def test_it_runs_by_itself_when_asked_and_stands_still_otherwise(visit: Visit) -> None:
    page = visit("#/microscope?model=classic&image=test:18")
    page.get_by_label("Speed", exact=True).select_option("quick")
    page.get_by_role("button", name="Play").click()
    page.locator(".step-main h2", has_text=STEPS[4]).wait_for()
    page.get_by_role("button", name="Pause").click()
    stopped = title(page)
    page.wait_for_timeout(1500)
    assert title(page) == stopped
    page.get_by_role("button", name="Play").click()
    page.locator(".step-main h2", has_text=STEPS[-1]).wait_for()
    page.get_by_role("button", name="Play").wait_for()
    still = visit("#/microscope?model=classic&step=4", reduced_motion="reduce")
    moving = "document.getAnimations().filter((one) => one.playState === 'running').length"
    assert still.evaluate(moving) == 0
    still.get_by_role("button", name="Next →").click()
    assert still.evaluate(moving) == 0


@pytest.mark.slow
def test_a_network_before_during_and_after_its_training(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/microscope?step=5&image=test:18")
    assert page.locator("#stage option").all_inner_texts() == ["untrained", "after 300 samples", "trained"]
    network = Network.create(NetworkConfig(output="softmax"))
    x = mnist.test.images[18].reshape(1, -1) / 255.0
    stages = {"untrained": network, "early": learn(network, mnist, 300), "trained": model_of(page)}
    for stage, one in stages.items():
        page.locator("#stage").select_option(stage)
        wide = [np.asarray(p, np.float64) for p in one.parameters]
        z, _ = forward(one.config, wide[0::2], wide[1::2], x)
        o = np.exp(z[1][0]) / np.exp(z[1][0]).sum()
        until(page, f"Math.abs({FIRST_OUTPUT} - {o[0]}) < 2e-5")
        assert cells(page, "o") == pytest.approx(o, abs=2e-5)


FIRST_OUTPUT = "Number(document.querySelector(\".cells[aria-label='o'] .cell\").title.split('= ')[1])"


def learn(network: Network, mnist: Dataset, samples: int) -> Network:
    """The first samples of the first epoch, one update each, as the textbook has it."""
    W, b, V, c = (np.asarray(p, np.float64) for p in network.parameters)
    order = randomness.permutation(randomness.fold(randomness.key(0), randomness.SHUFFLE, 0), 60_000)[:samples]
    for row in order:
        x, l = mnist.train.images[row].ravel() / 255.0, np.eye(10)[mnist.train.labels[row]]
        h = 1 / (1 + np.exp(-(W @ x + b)))
        z = V @ h + c
        delta_o = np.exp(z) / np.exp(z).sum() - l
        delta_h = V.T @ delta_o * h * (1 - h)
        W, b, V, c = (
            p - 0.03 * gradient
            for p, gradient in [(W, np.outer(delta_h, x)), (b, delta_h), (V, np.outer(delta_o, h)), (c, delta_o)]
        )
    return Network(
        network.config, (W.astype(np.float32), V.astype(np.float32)), (b.astype(np.float32), c.astype(np.float32))
    )


def test_dragging_the_rate_overshoots(visit: Visit) -> None:
    page = visit("#/microscope?step=8&path=406.8.4")
    page.locator("#along-images").select_option("many")
    words = page.locator(".along .note")
    slider = page.locator("#along-rate")
    assert "The loss falls" in words.inner_text()
    slider.press("End")
    assert "This step goes too far" in words.inner_text()
    assert page.locator(".along-plot .there.over").count() == 1


def test_any_number_opens_into_its_terms(visit: Visit) -> None:
    page = visit("#/microscope?step=2&numbers=1")
    page.locator(".cell").nth(11).click()
    terms = page.locator(".step-opened .terms tbody tr:not(.rest) td:last-child")
    page.locator(".step-opened .fold summary").click()
    page.locator(".step-opened .fold .terms").wait_for()
    total = sum(map(number, terms.all_inner_texts()))
    assert total == pytest.approx(cells(page, "z_h")[11], abs=0.0006 * terms.count())
    page.wait_for_url(re.compile(r"path=\d+\.12\."))


def test_the_network_that_answered_is_the_one_under_the_microscope(visit: Visit) -> None:
    page = visit("#/draw?image=test:8&off=1.4")
    said = page.locator(".bars .best b").inner_text()
    page.get_by_role("button", name="See the arithmetic").click()
    page.locator(".step-main h2").wait_for()
    assert page.locator("#model").input_value() == "reader"
    page.get_by_text("The network includes your changes from Draw.").wait_for()
    page.locator(".map button").nth(6).click()
    assert str(cells(page, "o").argmax()) == said


def test_the_loss_is_one_number_with_its_equation(visit: Visit) -> None:
    page = visit("#/microscope?model=classic&image=test:18&step=6&numbers=1")
    o, label = outputs(page)
    squares = ((o - np.eye(10)[label]) ** 2).sum()
    assert page.locator(".equation math").count() == 2, "what is printed, and what is descended"
    assert number(page.locator(".step-main .rest td").first.inner_text()) == pytest.approx(squares, abs=1e-3)
    assert number(page.locator(".step-main .loss td").first.inner_text()) == pytest.approx(squares / 10, abs=1e-4)
    worked = page.locator(".step-opened .line").first.inner_text().split("=")
    assert number(worked[-1].strip()) == pytest.approx(squares / 10, abs=1e-4)


def outputs(page: Any) -> tuple[np.ndarray, int]:
    """The outputs and the label, from the table of the loss."""
    rows = page.locator(".step-main .terms tbody tr:not(.rest):not(.loss)")
    o = [number(row.locator("td").first.inner_text()) for row in rows.all()]
    return np.array(o), [row.locator("td").nth(1).inner_text() for row in rows.all()].index("1")


@pytest.mark.slow
def test_pictures_obey_the_arrow_keys(visit: Visit) -> None:
    page = visit("#/microscope?step=1&path=406.7.6&numbers=1")
    picture = page.get_by_role("application").first
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_url(re.compile(r"path=435\.7\.6"))
    assert title(page) == STEPS[0]


@pytest.mark.slow
def test_a_step_is_taken_and_can_be_shared(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/microscope?model=classic&image=train:0&numbers=1")
    page.get_by_role("button", name="Take the step").click()
    page.get_by_text("Images learned here: 1").wait_for()
    page.wait_for_url(re.compile("image=train:1&"))
    assert page.locator("#label").input_value() == str(mnist.train.labels[1])
    page.locator(".map button").nth(5).click()
    page.wait_for_url(re.compile("step=6"))
    loss = page.locator(".step-main .terms .rest").inner_text()
    address = page.url.removeprefix(page.evaluate("location.origin") + "/")
    assert visit(address).locator(".step-main .terms .rest").inner_text() == loss
    page.get_by_role("button", name="Start again").click()
    page.get_by_text("Images learned here").wait_for(state="detached")
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
    page.get_by_text("Images learned here: 1, with one update each.").wait_for()
    page.locator(".agrees").first.wait_for()


@pytest.mark.slow
def test_the_worksheet_has_blanks_and_their_solution(visit: Visit, tmp_path: Path) -> None:
    page = visit("#/microscope?model=classic&step=7&sheets=1")
    delta = cells(page, "δ_o")
    page.get_by_label("Number of sheets").fill("3")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save them as a page").click()
    download.value.save_as(tmp_path / "sheets.html")
    text = (tmp_path / "sheets.html").read_text(encoding="utf-8")
    assert text.count('class="exercise"') == text.count('class="solution"') == 3
    assert "break-after: page" in text, "its style is in it"
    assert "<script" not in text
    first = text.split('<section class="solution"')[1]
    solved = [number(one) for one in re.findall(r'class="solved" data-is="delta\.1\.\d">([^<]+)', first)]
    assert solved[:10] == pytest.approx(delta, abs=6e-5)


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_class_set_prints_on_a_page_each(visit: Visit, paper: str) -> None:
    page = visit("#/microscope?model=softmax&sheets=1")
    page.evaluate("print = () => {}")
    page.get_by_label("Number of sheets").fill("4")
    page.get_by_role("button", name="Print them").click()
    page.locator(".sheets-to-print section").nth(7).wait_for(state="attached")
    pdf = PdfDocument(page.pdf(format=paper))
    texts = [one.get_textpage().get_text_range() for one in pdf]
    assert len(texts) == 8, "four sheets and four solutions"
    for n in range(4):
        assert f"sheet {n + 1} of 4" in texts[n]
        assert f"Solution, sheet {n + 1} of 4" in texts[4 + n]


@pytest.mark.slow
def test_a_drawing_comes_under_the_microscope(visit: Visit) -> None:
    page = visit("#/draw")
    box = page.locator(".sheet").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 40, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="See the arithmetic").click()
    page.locator(".step-main h2", has_text=STEPS[0]).wait_for()
    assert page.locator("#source option:checked").inner_text() == "your drawing"
    page.wait_for_url(re.compile("label=1"))
    assert page.locator("#label").input_value() == "1", "what Draw answered"
    again = visit(re.sub("label=1&?", "", page.url.removeprefix(page.evaluate("location.origin") + "/")))
    again.get_by_role("heading", name="Which digit did you draw?").wait_for()
    again.locator(".ask-label").get_by_role("button", name="7").click()
    again.locator(".step-main h2", has_text=STEPS[0]).wait_for()
    again.wait_for_url(re.compile("label=7"))


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
    page.locator(".all-numbers summary").click()
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
