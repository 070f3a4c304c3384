"""The time machine in a real browser: every moment of a training is as it was."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from waiting import until

from mnist_nn import Dataset, evaluate, load_model
from mnist_nn.cli.program import run
from mnist_nn.model_file import recording

Visit = Callable[..., Any]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of the command line."""
    folder = tmp_path_factory.mktemp("film")
    settings = ("--subset", "2000", "--epochs", "3", "--engine", "reference", "--quiet")
    assert run(["train", *settings, "--model", str(folder / "m"), "--record", str(folder / "film.safetensors")]) == 0
    return folder / "film.safetensors"


@pytest.fixture(scope="session")
def theatre(film: Path, running: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a playground that is served with the recording."""
    with running(
        sys.executable, "-m", "mnist_nn", "play", "--no-open", "--record", film.name, folder=film.parent
    ) as url:
        yield url


def right_now(page: Any) -> int:
    """How many test images are read rightly at the moment that is shown."""
    said = until(page, "/[\\d,]+ of 10,000/.exec(document.querySelector('.confusion caption')?.textContent)?.[0]")
    return int(re.sub(r" of.*|,", "", said))


def place(page: Any) -> str:
    return str(page.locator(".place").inner_text())


def counted(page: Any) -> list[list[int]]:
    rows = page.locator(".confusion tbody tr").all()
    return [[int(cell or 0) for cell in row.locator("td").all_inner_texts()] for row in rows]


def made(page: Any) -> None:
    """Let the page make its short training."""
    page.get_by_role("button", name="Make a short training run now").click()
    until(page, "document.querySelector('.scrubber input').max === '9'")
    until(page, "!document.querySelector('.then button:not(.right):not(.wrong)')")


@pytest.mark.slow
def test_moments_of_the_command_line_are_as_they_were(visit: Visit, theatre: str, film: Path, mnist: Dataset) -> None:
    page = visit("#/history", url=theatre)
    assert page.get_by_label("Training run", exact=True).locator("option").all_inner_texts() == ["film"]
    slider = page.get_by_role("slider", name="Moment of the training")
    slider.press("Home")
    for n, moment in enumerate(recording.load(film).moments):
        until(page, f"document.querySelector('.scrubber input').value === '{n}'")
        confusion = evaluate(moment.network, mnist.test, engine="reference").confusion
        assert abs(right_now(page) - confusion.trace()) <= 1
        assert np.abs(np.array(counted(page)) - confusion).sum() <= 4
        slider.press("ArrowRight")
    assert "Epoch 3" in place(page)
    beside = page.locator(".legend b").first
    last = beside.inner_text()
    slider.press("Home")
    assert beside.inner_text() == f"{right_now(page) / 100:.2f} %" != last
    slider.press("End")
    assert beside.inner_text() == last
    slider.press("ArrowLeft")
    assert "Epoch 2" in place(page)


@pytest.mark.slow
def test_a_reload_keeps_the_moment(visit: Visit, theatre: str) -> None:
    page = visit("#/history", url=theatre)
    page.get_by_role("button", name="To the beginning").click()
    page.get_by_role("button", name="One moment forward").click()
    cell = page.locator(".confusion td.wrong button").first
    cell.click()
    until(page, "location.hash.includes('at=1') && location.hash.includes('digits=')")
    digits = page.locator(".digit-history li p").all_inner_texts()
    page.reload()
    assert right_now(page) > 5000
    assert "Epoch 1" in place(page)
    assert page.locator(".digit-history li p").all_inner_texts() == digits


@pytest.mark.slow
def test_a_link_from_before_todays_names_still_works(visit: Visit, theatre: str) -> None:
    page = visit("#/history?run=recorded:film&at=1&digits=8,247&model=seed", theatre)
    until(page, "document.querySelectorAll('.digit-history li').length === 2")
    assert place(page).startswith("Epoch 1 ")
    until(page, "document.querySelector('.then .now')?.textContent.trim().length === 1")


@pytest.mark.slow
def test_a_number_of_the_matrix_shows_its_digits(visit: Visit, theatre: str) -> None:
    page = visit("#/history", url=theatre)
    right_now(page)
    cell = page.locator(".confusion td.wrong button").first
    label, said, times = re.findall(r"\d+", cell.get_attribute("title"))
    cell.click()
    until(page, "location.hash.includes('digits=')")
    words = page.locator(".digit-history li p").all_inner_texts()
    assert len(words) == min(int(times), 12)
    assert all(text.startswith(f"A {label}, now read as {said}") for text in words)


@pytest.mark.slow
def test_a_training_of_the_page_is_scrubbed_saved_and_opened(visit: Visit, mnist: Dataset, tmp_path: Path) -> None:
    page = visit("#/history")
    made(page)
    last = right_now(page)
    page.get_by_role("button", name="To the beginning").click()
    assert place(page) == "Before training: random weights"
    assert right_now(page) < 3000
    assert last > 8500
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this recording").click()
    file = tmp_path / "page.safetensors"
    download.value.save_as(file)
    found = recording.load(file)
    assert [(m.epoch, m.offset) for m in found.moments] == [
        (0, 0), (0, 100), (0, 300), (0, 1000), (0, 3000), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0),
    ]  # fmt: skip
    assert abs(evaluate(found.model.network, mnist.test).confusion.trace() - last) <= 1
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a recording").click()
    chooser.value.set_files(file)
    page.get_by_text("page.safetensors is open.").wait_for()
    assert right_now(page) == last
    assert page.get_by_label("Training run", exact=True).input_value() == "file:page"


@pytest.mark.slow
def test_a_fork_is_another_future(visit: Visit) -> None:
    page = visit("#/history")
    made(page)
    page.get_by_role("slider", name="Moment of the training").press("Home")
    for _ in range(5):
        page.get_by_role("button", name="One moment forward").click()
    assert place(page) == "Epoch 1 · 10,000 samples seen"
    page.get_by_role("textbox", name="Learning rate η from here").fill("3")
    page.get_by_role("button", name="Fork from here").click()
    page.locator("main .room-train").wait_for()
    until(page, "document.querySelector('[data-stat=rate]')?.textContent === '3'")
    assert page.locator("[data-stat=samples]").inner_text() == "10,000"
    page.get_by_role("button", name="One epoch").click()
    until(page, "document.querySelector('[data-stat=epoch]').textContent === '2'")
    page.get_by_role("button", name="Look back in the time machine").click()
    page.get_by_role("checkbox", name="Training 1: 784-20-10").check()
    until(page, "document.querySelectorAll('.chart')[0].querySelectorAll('.key').length === 2")
    until(page, "location.hash.includes('with=training-1')")
    forked = right_now(page)
    page.get_by_label("Training run", exact=True).select_option("training-1")
    page.get_by_role("button", name="One moment back").click()
    for _ in range(2):
        page.get_by_role("button", name="One moment back").click()
    assert "Epoch 2" in place(page)
    until(page, f"!document.querySelector('.confusion caption').textContent.startsWith('{forked:,} of')")
    assert right_now(page) > forked + 500, "η = 3 is far too large"


@pytest.mark.slow
def test_it_plays_like_a_film(visit: Visit, theatre: str) -> None:
    page = visit("#/history", url=theatre)
    right_now(page)
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('.scrubber input').value === '1'")
    page.get_by_role("button", name="Play").wait_for()
    assert "Epoch 3" in place(page)


@pytest.mark.slow
def test_going_back_leaves_a_film_that_plays(visit: Visit, theatre: str) -> None:
    page = visit("#/draw", url=theatre)
    page.get_by_role("tab", name="Time machine").click()
    right_now(page)
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('.scrubber input').value === '1'")
    page.go_back()
    page.locator("main .room-draw .sheet").wait_for()
    page.wait_for_timeout(700)  # longer than an address waits before it is written
    assert "#/draw" in page.url


@pytest.mark.slow
def test_the_words_of_the_matrix_are_those_of_the_moment(visit: Visit, theatre: str) -> None:
    page = visit("#/history", url=theatre)
    slider = page.get_by_role("slider", name="Moment of the training")
    for key in ("Home", "End"):
        slider.press(key)
        right_now(page)
        buttons = page.locator(".confusion td button").evaluate_all("all => all.map(one => [one.title, one.innerText])")
        assert len(buttons) >= 10
        assert all(title.endswith(f": {said} times") for title, said in buttons)


@pytest.mark.slow
def test_a_moment_goes_under_the_microscope(visit: Visit, theatre: str, film: Path) -> None:
    page = visit("#/history", url=theatre)
    right_now(page)
    page.get_by_role("button", name="One moment back").click()
    page.get_by_role("button", name="Put it under the microscope").click()
    page.locator(".step-main h2").wait_for()
    assert page.locator("#model option:checked").inner_text() == "film, epoch 2"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this model as a file").click()
    found = load_model(download.value.path()).network
    assert all(map(np.array_equal, found.parameters, recording.load(film).moments[2].network.parameters))


def test_what_is_not_there_is_said(visit: Visit, tmp_path: Path) -> None:
    page = visit("#/history?run=training-9")
    page.get_by_text("The training run in this address is not stored here").wait_for()
    (tmp_path / "notes.safetensors").write_text("no recording")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a recording").first.click()
    chooser.value.set_files(tmp_path / "notes.safetensors")
    page.get_by_text("notes.safetensors cannot be opened").wait_for()


@pytest.mark.slow
def test_nothing_keeps_anyone_out(visit: Visit, theatre: str, findings: Callable[[Any], list[str]]) -> None:
    page = visit("#/history", url=theatre, bypass_csp=True)
    right_now(page)
    assert findings(page) == []


@pytest.mark.slow
def test_a_phone_shows_it_all(visit: Visit, theatre: str) -> None:
    page = visit("#/history", url=theatre, phone=True)
    right_now(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
