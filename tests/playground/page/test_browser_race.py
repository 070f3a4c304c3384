"""The room Race in a real browser: lanes differ by what was chosen, and by nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from waiting import until

Visit = Callable[..., Any]


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def lined_up(page: Any) -> None:
    scores = "[...document.querySelectorAll('.score')]"
    until(page, f"{scores}.length > 1 && {scores}.every(score => /\\d/.test(score.textContent))")


def finish(page: Any) -> list[list[str]]:
    """Run the race; the rows of its results."""
    lined_up(page)
    button(page, "Start").click()
    button(page, "Race again").wait_for()
    return [row.split("\t") for row in page.locator(".results tbody tr").all_inner_texts()]


def score(row: list[str]) -> float:
    return float(row[1].rstrip(" %"))


def test_batches_of_three_sizes_race(visit: Visit) -> None:
    page = visit("#/race?race=batch&subset=3000")
    single, batch, full = finish(page)
    assert score(single) > 80
    assert score(batch) > 60
    assert score(full) < score(batch) - 20, "three updates are not many"
    assert page.get_by_text("All lanes start with exactly the same weights.").is_visible()
    labels = page.locator(".plot").first.get_attribute("aria-label")
    assert all(name in labels for name in ("per sample", "mini-batch of 32", "full batch"))


@pytest.mark.slow
def test_a_race_again_ends_the_same(visit: Visit) -> None:
    page = visit("#/race?race=loss&subset=1000")
    first = finish(page)
    button(page, "Race again").click()
    button(page, "Pause").wait_for()
    button(page, "Race again").wait_for()
    again = [row.split("\t") for row in page.locator(".results tbody tr").all_inner_texts()]
    assert [row[:3] for row in again] == [row[:3] for row in first]


@pytest.mark.parametrize(
    ("fault", "worse"),
    [
        ("zero_weights", 30),
        pytest.param("no_derivative", 3, marks=pytest.mark.slow),
        pytest.param("summed", 20, marks=pytest.mark.slow),
        pytest.param("double_softmax", 10, marks=pytest.mark.slow),
    ],
)
@pytest.mark.slow
def test_a_fault_shows(visit: Visit, fault: str, worse: float) -> None:
    page = visit(f"#/race?race={fault}&subset=5000")
    right, wrong = finish(page)
    assert score(right) > 75
    assert score(wrong) < score(right) - worse
    differ = page.get_by_text("do not all start with the same weights")
    assert differ.count() == (1 if fault == "zero_weights" else 0)


@pytest.mark.slow
def test_seconds_are_an_axis_too(visit: Visit) -> None:
    page = visit("#/race?race=activations&subset=1000")
    finish(page)
    page.get_by_label("Compare by").select_option("seconds")
    until(page, "location.hash.includes('measure=seconds')")
    page.locator(".as-table summary").first.click()
    page.locator(".as-table tbody tr").last.wait_for()
    heads = page.locator(".as-table thead").first.inner_text()
    assert "seconds of learning" in heads
    seconds = [
        float(row.split("\t")[0].rstrip(" s"))
        for row in page.locator(".as-table").first.locator("tbody tr").all_inner_texts()
    ]
    assert seconds == sorted(seconds)
    totals = [float(row.split("\t")[4]) for row in page.locator(".results tbody tr").all_inner_texts()]
    assert seconds[-1] == pytest.approx(max(totals), rel=0.02, abs=0.006)


@pytest.mark.slow
def test_lanes_are_edited_added_and_removed(visit: Visit) -> None:
    page = visit("#/race?race=loss&subset=1000&epochs=1")
    lined_up(page)
    button(page, "Add a lane").click()
    until(page, "document.querySelectorAll('.lane').length === 3")
    lined_up(page)
    third = page.locator(".lane").nth(2)
    third.locator("summary").click()
    third.get_by_label("Batch size").fill("64")
    third.get_by_label("Batch size").press("Enter")
    page.locator(".lane").nth(2).get_by_text("Batch size: 64").wait_for()
    page.locator(".lane").nth(0).get_by_role("button", name="Remove this lane").click()
    until(page, "document.querySelectorAll('.lane').length === 2")
    until(page, "location.hash.includes('batch:64') && !location.hash.includes('loss:mse')")
    page.reload()
    lined_up(page)
    assert page.locator(".lane").count() == 2
    assert page.locator(".lane").nth(1).get_by_text("Batch size: 64").is_visible()
    assert page.get_by_role("button", name="Remove this lane").count() == 0
    rows = finish(page)
    assert rows[0][0] == "softmax, cross-entropy"


@pytest.mark.slow
def test_a_link_from_before_todays_names_still_works(visit: Visit) -> None:
    page = visit("#/race?lane=one@loss:seed_mse,hidden:30&lane=two@loss:mse&subset=200&epochs=1&measure=seconds")
    lined_up(page)
    assert page.get_by_label("Compare by").input_value() == "seconds"
    losses = page.get_by_label("Loss", exact=True).evaluate_all("all => all.map(one => one.value)")
    assert losses == ["classic_mse", "mse"]
    assert page.locator(".message.bad").count() == 0


@pytest.mark.slow
def test_settings_that_make_no_sense_are_named(visit: Visit) -> None:
    page = visit("#/race")
    lined_up(page)
    page.get_by_label("Training images").fill("lots")
    page.get_by_label("Training images").press("Enter")
    page.get_by_text('subset is "lots"; give a number').wait_for()
    assert button(page, "Start").is_disabled()


@pytest.mark.slow
def test_a_race_pauses_and_goes_on(visit: Visit) -> None:
    page = visit("#/race?race=rates&epochs=50")
    lined_up(page)
    button(page, "Start").click()
    button(page, "Pause").click()
    button(page, "Start").wait_for()
    button(page, "Start").click()
    button(page, "Pause").wait_for()
    button(page, "Back to the start").click()
    lined_up(page)
    until(page, "[...document.querySelectorAll('.lane progress')].every(e => e.value === 0)")


@pytest.mark.slow
def test_nothing_keeps_anyone_out(visit: Visit, findings: Callable[[Any], list[str]]) -> None:
    page = visit("#/race?race=activations&subset=200&epochs=1", bypass_csp=True)
    finish(page)
    page.locator(".lane summary").first.click()
    assert findings(page) == []


@pytest.mark.slow
def test_a_phone_shows_it_all(visit: Visit) -> None:
    page = visit("#/race?race=activations&subset=200&epochs=1", phone=True)
    finish(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_a_guess_comes_first_where_that_is_wanted(visit: Visit) -> None:
    page = visit("#/race?race=zero_weights&subset=2000&epochs=1")
    lined_up(page)
    page.get_by_label("require a guess before the start").check()
    assert button(page, "Start").is_disabled()
    until(page, "location.hash.includes('guess=first')")
    button(page, "all weights zero").click()
    page.locator(".guess-said", has_text="Your guess: all weights zero.").wait_for()
    finish(page)
    says = page.locator(".guess-said").inner_text()
    assert says.startswith("random weights won, with")
    assert "You guessed all weights zero." in says
    button(page, "Race again").click()
    button(page, "Start").wait_for()
    assert button(page, "Start").is_disabled(), "another race, another guess"
