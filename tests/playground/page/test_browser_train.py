"""The room Train in a real browser: a network learns, and what it becomes is the library's."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from waiting import until

from mnist_nn import Dataset, Network, TrainingConfig, evaluate, load_model, train
from mnist_nn.cli.program import run

Visit = Callable[..., Any]


def stat(page: Any, name: str) -> float:
    text = page.locator(f"[data-stat={name}]").inner_text()
    return float(re.sub(r"[^\d.]", "", text) or "nan")


def ready(page: Any) -> None:
    until(page, "/\\d/.test(document.querySelector('[data-stat=test]')?.textContent)")


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def paused(page: Any) -> None:
    button(page, "Pause").click()
    button(page, "Train").wait_for()


def test_a_network_learns_to_read_ninety_percent(visit: Visit, mnist: Dataset, tmp_path: Path) -> None:
    page = visit("#/train")
    ready(page)
    assert stat(page, "test") < 30
    button(page, "Train").click()
    until(page, "parseFloat(document.querySelector('[data-stat=test]').textContent) >= 91")
    paused(page)
    page.get_by_text("Right answers on 10 k test images").wait_for()
    assert stat(page, "test") >= 90
    with page.expect_download() as download:
        button(page, "Download the model").click()
    download.value.save_as(tmp_path / "page.safetensors")
    model = load_model(tmp_path / "page.safetensors")
    right = evaluate(model.network, mnist.test).accuracy
    assert 100 * right == pytest.approx(stat(page, "test"), abs=0.011)
    assert model.scores["test_accuracy"] == pytest.approx(right, abs=1e-4)
    assert model.data["sha256"] == mnist.digest


def test_an_epoch_is_the_librarys_and_the_library_goes_on_with_it(visit: Visit, mnist: Dataset, tmp_path: Path) -> None:
    page = visit("#/train?subset=3000&seed=5&rate=0.05")
    ready(page)
    button(page, "One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '1'")
    button(page, "Train").wait_for()
    with page.expect_download() as download:
        button(page, "Download the model").click()
    file = tmp_path / "page.safetensors"
    download.value.save_as(file)
    found = load_model(file)
    config = TrainingConfig(epochs=1, subset=3000, seed=5, learning_rate=0.05)
    (epoch,) = train(Network.create(seed=5), mnist.train, config, engine="reference")
    for ours, library in zip(found.network.parameters, epoch.network.parameters, strict=True):
        assert np.abs(ours - library).max() < 1e-4
    assert found.checkpoint is not None
    assert found.checkpoint.history[0].accuracy == pytest.approx(epoch.scores.accuracy, abs=1e-3)
    assert run(["train", "--resume", "--epochs", "2", "--model", str(file), "--engine", "reference", "--quiet"]) == 0
    again = load_model(file).checkpoint
    assert again is not None
    assert again.epoch == 2


@pytest.mark.slow
def test_one_sample_at_a_time(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/train")
    ready(page)
    for samples in (1, 2):
        button(page, "One sample").click()
        until(page, f"document.querySelector('[data-stat=samples]').textContent === '{samples}'")
    said = page.locator(".last").inner_text()
    found = re.search(r"training image ([\d,]+), a (\d)", said)
    assert found, said
    row, label = (int(part.replace(",", "")) for part in found.groups())
    assert mnist.train.labels[row] == label
    assert page.locator(".last canvas").is_visible()
    assert page.locator(".chart").first.locator("canvas").is_visible()
    page.get_by_role("button", name="Open this image in the microscope").click()
    page.locator(".step-main h2").wait_for()
    assert page.locator("#place").input_value() == str(row)
    assert page.locator("#stage").input_value() == "trained"


def test_it_shows_what_an_update_did(visit: Visit, mnist: Dataset) -> None:
    page = visit("#/train")
    ready(page)
    button(page, "One sample").click()
    until(page, "document.querySelector('[data-stat=samples]').textContent === '1'")
    row = int(re.findall(r"image ([\d,]+)", page.locator(".last").inner_text())[0].replace(",", ""))
    W, b, V, c = (np.asarray(p, np.float64) for p in Network.create().parameters)
    x, label = mnist.train.images[row].ravel() / 255.0, np.eye(10)[mnist.train.labels[row]]

    def outputs() -> tuple[np.ndarray, np.ndarray]:
        h = 1 / (1 + np.exp(-(W @ x + b)))
        return h, 1 / (1 + np.exp(-(V @ h + c)))

    h, before = outputs()
    delta_h = V.T @ (before - label) * h * (1 - h)
    V, c = V - 0.03 * np.outer(before - label, h), c - 0.03 * (before - label)
    W, b = W - 0.03 * np.outer(delta_h, x), b - 0.03 * delta_h
    _, after = outputs()
    said = page.locator(".before-after li").evaluate_all("all => all.map(one => one.title)")
    found = np.array([re.findall(r"\d\.\d+", one) for one in said], np.float64)
    assert found == pytest.approx(np.stack([before, after], 1), abs=6e-4)


@pytest.mark.slow
def test_a_batch_is_as_long_as_it_is(visit: Visit) -> None:
    page = visit("#/train?batch=32")
    ready(page)
    button(page, "One sample").click()
    until(page, "document.querySelector('[data-stat=samples]').textContent === '1'")
    button(page, "One batch").click()
    until(page, "document.querySelector('[data-stat=samples]').textContent === '32'")


@pytest.mark.slow
def test_settings_change_while_it_trains(visit: Visit) -> None:
    page = visit("#/train?speed=1000")
    ready(page)
    button(page, "Train").click()
    until(page, "Number(document.querySelector('[data-stat=samples]').textContent.replace(',', '')) > 100")
    for label, value in [
        ("Learning rate η", "0.5"),
        ("Batch size", "8"),
        ("Dropout", "0.1"),
        ("L2 penalty λ", "0.001"),
    ]:
        field = page.get_by_role("textbox", name=label)
        field.fill(value)
        field.press("Enter")
    page.get_by_label("Loss", exact=True).select_option("mse")
    until(page, "document.querySelector('[data-stat=rate]').textContent === '0.5'")
    page.get_by_text("Loss: mean squared error").wait_for()
    before = stat(page, "samples")
    assert before > 100, "it went on where it was"
    until(page, f"Number(document.querySelector('[data-stat=samples]').textContent.replace(',', '')) > {before + 50}")
    for part in ("rate=0.5", "batch=8", "dropout=0.1", "l2=0.001", "loss=mse", "speed=1000"):
        until(page, f"location.hash.includes('{part}')")
    paused(page)


@pytest.mark.slow
def test_the_slider_moves_the_rate(visit: Visit) -> None:
    page = visit("#/train")
    ready(page)
    slider = page.get_by_role("slider", name="Learning rate η")
    slider.press("ArrowRight")
    until(page, "document.querySelector('[data-stat=rate]').textContent !== '0.03'")
    assert 0.03 < stat(page, "rate") < 0.04
    button(page, "automatic").click()
    until(page, "document.querySelector('[data-stat=rate]').textContent === '0.03'")


@pytest.mark.slow
def test_another_network_starts_anew_and_says_so(visit: Visit) -> None:
    page = visit("#/train")
    ready(page)
    button(page, "One batch").wait_for(state="hidden")
    button(page, "One sample").click()
    until(page, "document.querySelector('[data-stat=samples]').textContent === '1'")
    field = page.get_by_role("textbox", name="Hidden units")
    field.fill("8, 12")
    field.press("Enter")
    page.locator(".message", has_text="These settings make a different network, so").wait_for()
    until(page, "document.querySelector('[data-stat=samples]').textContent === '0'")
    until(page, "document.querySelectorAll('.neurons canvas').length === 8")


@pytest.mark.slow
def test_a_reload_keeps_the_settings(visit: Visit) -> None:
    page = visit("#/train")
    ready(page)
    page.get_by_label("Start from").select_option("deep")
    page.get_by_label("Speed").select_option("100")
    until(page, "location.hash.includes('optimizer=adam') && location.hash.includes('speed=100')")
    page.reload()
    ready(page)
    assert page.get_by_role("textbox", name="Hidden units").input_value() == "64,32"
    assert page.get_by_label("Optimizer").input_value() == "adam"
    assert page.get_by_label("Speed").input_value() == "100"


@pytest.mark.slow
def test_a_link_from_before_todays_names_still_works(visit: Visit) -> None:
    page = visit("#/train?hidden=30&loss=seed_mse&batch=4&subset=500&seed=3&speed=10")
    ready(page)
    values = {
        name: page.get_by_label(name, exact=True).input_value() for name in ("Hidden units", "Loss", "Batch size")
    }
    assert values == {"Hidden units": "30", "Loss": "classic_mse", "Batch size": "4"}
    assert page.get_by_label("Speed").input_value() == "10"
    assert page.locator(".message.bad").count() == 0


@pytest.mark.slow
def test_settings_that_make_no_sense_are_named(visit: Visit) -> None:
    page = visit("#/train")
    ready(page)
    field = page.get_by_role("textbox", name="Learning rate η")
    field.fill("fast")
    field.press("Enter")
    page.locator(".message", has_text='rate is "fast"; give a number').wait_for()
    field.fill("0.1")
    field.press("Enter")
    until(page, "document.querySelector('[data-stat=rate]').textContent === '0.1'")
    assert page.locator(".message", has_text="fast").count() == 0


@pytest.mark.slow
def test_numbers_beyond_all_bounds_are_said(visit: Visit) -> None:
    page = visit("#/train?hidden=20,20&activation=identity&loss=mse&rate=1e30&subset=500")
    ready(page)
    button(page, "Train").click()
    page.locator(".message", has_text="the numbers grew without limit").wait_for()
    assert button(page, "Train").is_disabled()
    button(page, "Start again").click()
    until(page, "!document.querySelector('.play').disabled")


@pytest.mark.slow
def test_the_trained_network_goes_to_the_other_rooms(visit: Visit) -> None:
    page = visit("#/train?subset=3000&hidden=30")
    ready(page)
    button(page, "One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '1'")
    names = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [name for name in names if "safetensors" in name], "this room needs no model"
    button(page, "Draw with this network").click()
    page.locator("main .room-draw .sheet").wait_for()
    until(page, "document.querySelector('#model').selectedOptions[0].text.includes('784-30-10')")
    assert "784-30-10" in page.locator(".model-menu .shape").inner_text()
    page.reload()
    page.get_by_role("alert").filter(has_text="is not here").wait_for()


@pytest.mark.slow
def test_training_goes_on_in_other_rooms(visit: Visit) -> None:
    page = visit("#/train?speed=1000")
    ready(page)
    button(page, "Train").click()
    page.get_by_role("tab", name="Race").click()
    page.locator(".lane").first.wait_for()
    page.get_by_role("tab", name="Train").click()
    button(page, "Pause").wait_for()
    until(page, "Number(document.querySelector('[data-stat=samples]').textContent.replace(',', '')) > 100")
    paused(page)


@pytest.mark.slow
def test_a_link_pasted_while_it_trains_is_followed(visit: Visit) -> None:
    page = visit("#/train?speed=1000")
    ready(page)
    button(page, "Train").click()
    until(page, "Number(document.querySelector('[data-stat=samples]').textContent.replace(',', '')) > 100")
    page.evaluate("location.hash = '#/train?hidden=7&rate=0.5'")
    until(page, "document.querySelector('[data-stat=rate]').textContent === '0.5'")
    assert page.get_by_role("textbox", name="Hidden units").input_value() == "7"
    until(page, "location.hash.includes('hidden=7')")
    paused(page)


@pytest.mark.slow
def test_advice_is_followed_and_taken_back(visit: Visit) -> None:
    page = visit("#/train?subset=2000&rate=3&stop=epochs:2")
    ready(page)
    button(page, "Train").click()
    page.locator(".message", has_text="Stopped after 2 epochs").wait_for()
    advice = page.locator("[data-finding=rate_too_high]")
    assert "The learning rate is 100 times the one that suits these settings" in advice.inner_text()
    advice.get_by_role("button", name="Why?").click()
    assert "Steps that are too long overshoot" in advice.inner_text()
    assert advice.get_by_role("link").get_attribute("href") == "#/words?word=rate_too_high"
    advice.get_by_role("button", name="Apply and start again: Learning rate η 0.03").click()
    page.get_by_text("None of the rules finds a fault").wait_for()
    until(page, "Number.parseFloat(document.querySelector('[data-stat=epoch]').textContent) === 2")
    page.locator(".message", has_text="Stopped after 2 epochs").wait_for()
    page.keyboard.press("Control+z")
    until(page, "document.querySelector('[data-stat=rate]').textContent === '3'")
    assert stat(page, "samples") == 4000, "the training itself is back"
    button(page, "Train").click()
    page.locator(".message", has_text="The training has already stopped after 2 epochs").wait_for()
    page.keyboard.press("Control+Shift+z")
    until(page, "document.querySelector('[data-stat=rate]').textContent === '0.03'")


@pytest.mark.slow
def test_a_training_survives_a_reload(visit: Visit) -> None:
    page = visit("#/train?subset=2000&stop=accuracy:70")
    ready(page)
    button(page, "Train").click()
    page.locator(".message", has_text="Stopped at 70 % of the test images").wait_for()
    before = {name: stat(page, name) for name in ("samples", "test", "epoch")}
    assert before["test"] >= 70
    page.wait_for_timeout(1500)  # longer than what is kept is gathered
    page.reload()
    page.locator(".message", has_text="The training continues from where it was").wait_for()
    ready(page)
    assert {name: stat(page, name) for name in before} == before
    button(page, "One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '1'")
    page.get_by_role("tab", name="Time machine").click()
    until(page, "document.querySelector('.scrubber input')?.max > 2")
    assert page.get_by_label("Training run", exact=True).input_value() == "training-1"


@pytest.mark.slow
def test_the_charts_show_the_beginning_and_the_loss_of_the_test_images(visit: Visit) -> None:
    page = visit("#/train?subset=2000")
    ready(page)
    button(page, "One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '1'")
    losses = page.locator(".chart").nth(1)
    assert losses.locator(".key span").all_inner_texts() == ["training", "test"]
    losses.get_by_label("logarithmic scale").check()
    losses.locator(".as-table summary").click()
    first = losses.locator("tbody tr").first.inner_text().split("\t")
    assert float(first[2]) > 0.1, "the loss before training"
    button(page, "Start again").click()
    until(page, "document.querySelector('[data-stat=samples]').textContent === '0'")
    assert page.locator("[data-stat=speed]").inner_text() == "–"


@pytest.mark.slow
def test_the_curves_are_a_table_too(visit: Visit) -> None:
    page = visit("#/train?subset=2000")
    ready(page)
    button(page, "One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '1'")
    table = page.locator(".chart").first.locator(".as-table")
    table.locator("summary").click()
    table.locator("tbody tr").last.wait_for()
    rows = table.locator("tbody tr").all_inner_texts()
    assert 5 < len(rows) <= 12
    assert float(rows[-1].split("\t")[2].rstrip(" %")) > 2 * float(rows[0].split("\t")[2].rstrip(" %"))


@pytest.mark.slow
def test_nothing_keeps_anyone_out(visit: Visit, findings: Callable[[Any], list[str]]) -> None:
    page = visit("#/train?subset=1000", bypass_csp=True)
    ready(page)
    button(page, "One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '1'")
    assert findings(page) == []


@pytest.mark.slow
def test_a_phone_shows_it_all(visit: Visit) -> None:
    page = visit("#/train?subset=1000", phone=True)
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("Settings", exact=True).click()
    assert page.get_by_label("Batch size").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_a_failed_load_is_said_and_tried_again(visit: Visit) -> None:
    page = visit("")
    page.context.route("**/data/train-images.gz", lambda route: route.fulfill(status=200, body=b"no images"))
    page.get_by_role("tab", name="Train").click()
    page.locator(".message", has_text="this is not an IDX file of bytes").wait_for()
    page.context.unroute("**/data/train-images.gz")
    button(page, "Start again").click()
    ready(page)


@pytest.mark.slow
def test_epochs_over_all_images_are_measured(visit: Visit, playground: str) -> None:
    page = visit("#/train")
    page.goto(playground + "benchmark.html")
    button(page, "Measure").click()
    until(page, "!document.querySelector('button').disabled && document.querySelectorAll('tbody tr').length === 4")
    rows = page.locator("tbody tr").all_inner_texts()
    assert all(float(row.split("\t")[1].rstrip(" s")) > 0 for row in rows)
