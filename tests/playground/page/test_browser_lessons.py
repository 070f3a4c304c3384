"""The lessons in a real browser, what explains itself, and the links that teachers make."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from waiting import until

Visit = Callable[..., Any]

LESSONS = {"first": 12, "stuck": 6, "better": 5, "classic": 4}


def test_a_lesson_opens_rooms_and_asks_before_it_shows(visit: Visit) -> None:
    page = visit("#/draw")
    page.get_by_text("Lessons", exact=True).click()
    page.locator(".lesson-list").get_by_role("button", name="Begin").first.click()
    page.get_by_role("heading", name="Draw a digit").wait_for()
    for _ in range(2):
        page.locator(".guide").get_by_role("button", name="Next").click()
    page.locator(".step-main h2", has_text="The image and its label").wait_for()
    assert "stage=" not in page.url or "untrained" in page.url
    page.get_by_role("button", name="7, of course").click()
    page.locator(".step-main h2", has_text="Activation of the output layer").wait_for()
    assert page.locator(".because").inner_text().startswith("Not quite.")
    assert page.locator(".guide .right").inner_text() == "Something arbitrary"
    until(page, "location.hash.includes('lesson=first.3')")
    page.locator(".guide").get_by_role("button", name="Leave").click()
    page.locator(".guide").wait_for(state="hidden")
    page.get_by_text("Lessons", exact=True).click()
    page.get_by_role("button", name="Continue at card 3").click()
    page.get_by_role("heading", name="A network that knows nothing").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_card_lights_up_what_it_speaks_of(
    visit: Visit, lesson: str, findings: Callable[[Any], list[str]]
) -> None:
    page = visit(f"#/words?lesson={lesson}.1", bypass_csp=True)
    page.locator(".guide").get_by_role("button", name="Next").click()
    page.locator(".guide").get_by_role("button", name="Back").click()
    for number in range(1, LESSONS[lesson] + 1):
        page.locator(".guide", has_text=f"{number} of {LESSONS[lesson]}").wait_for()
        until(page, "[...document.querySelectorAll('main *')].some((e) => getComputedStyle(e).outlineWidth === '3px')")
        answers = page.locator(".guide .answers button")
        if answers.count():
            answers.first.click()
            page.locator(".because", has_text=re.compile(r"^(Right|Not quite)\.")).wait_for()
        if number == 1:
            assert findings(page) == []
        page.locator(".guide button").last.click()
    page.locator(".guide").wait_for(state="hidden")


def test_a_control_explains_itself(visit: Visit) -> None:
    page = visit("#/microscope")
    page.locator(".step-main h2").wait_for()
    says = page.locator(".explanation")
    page.get_by_text("Learning rate η", exact=True).first.hover()
    says.get_by_text("How large each step is").wait_for()
    page.keyboard.press("Escape")
    assert says.is_hidden()
    page.locator("#loss").focus()
    page.keyboard.press("Tab")
    assert page.locator("#rate").get_attribute("aria-describedby") == "explanation"
    says.get_by_role("link", name="Read more").click()
    page.locator(".word.chosen", has_text="Learning rate η").wait_for()


@pytest.mark.slow
def test_a_tap_explains_too(visit: Visit) -> None:
    page = visit("#/microscope", phone=True)
    page.locator(".step-main h2").wait_for()
    page.locator(".flow-legend").tap()
    page.locator(".explanation", has_text="Each line is a weight times the number sent along it").wait_for()
    page.locator(".step-main h2").tap()
    page.locator(".explanation").wait_for(state="hidden")


def test_a_teacher_sets_a_task_and_hides_controls(visit: Visit) -> None:
    page = visit("#/train?hidden=12")
    until(page, "document.querySelector('[data-explain=hidden] input')")
    page.get_by_text("Lessons", exact=True).click()
    page.get_by_role("button", name="Make a task link").click()
    page.get_by_label("Task", exact=True).fill("Reach 93 % with 12 units")
    page.locator(".task-form").get_by_label("Fault", exact=True).wait_for(state="detached")
    page.locator(".task-form").get_by_label("Hidden units", exact=True).check()
    link = page.get_by_label("Link to this room with the task").input_value()
    assert "lesson" not in link
    other = visit(link.split("/", 3)[3])
    other.get_by_text("Reach 93 % with 12 units").wait_for()
    until(other, "document.querySelector('[data-explain=hidden] input')?.value === '12'")
    assert other.locator("[data-explain=hidden]").is_hidden()
    assert other.locator(".settings [data-explain=batch]").is_visible()
    other.get_by_role("tab", name="Draw").click()
    other.locator("main .room-draw .sheet").wait_for()
    assert "task=" in other.url, "the task goes along"


@pytest.mark.slow
def test_a_task_that_is_ready_opens_its_room_and_hides_the_answer(visit: Visit) -> None:
    page = visit("#/draw")
    page.get_by_text("For teachers: make a task link").click()
    page.get_by_label("A prepared task").select_option("derivative")
    page.locator(".task", has_text="computed wrongly").wait_for()
    page.locator(".check .agrees").first.wait_for()  # the output layer is right
    assert page.locator("#fault").is_hidden()
    page.locator(".map button").nth(9).click()
    page.locator(".check .differs").first.wait_for()  # and the hidden layer is not
    page.get_by_role("button", name="Copy the link", exact=True).click()
    page.get_by_text("works only on this computer").wait_for()
    page.get_by_role("button", name="Remove the task").click()
    page.locator(".task").wait_for(state="hidden")
    page.locator("#fault").wait_for()
    assert page.locator("#fault").input_value() == "no_derivative"
    page.get_by_role("button", name="Copy the link to this view").click()
    page.locator(".share-said", has_text="Copied.").wait_for()
