"""What stands around the rooms, in a real browser: the way back, what fails, and a page that was opened as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from mnist_nn.playground.site import build_site, export_site

Visit = Callable[..., Any]


def image(page: Any) -> str:
    return page.evaluate("new URLSearchParams(location.hash.split('?')[1]).get('image') ?? ''")


@pytest.mark.slow
def test_back_goes_a_step_back(visit: Visit) -> None:
    page = visit("#/draw")
    page.locator(".accuracy", has_text="of 10,000").wait_for()
    seen = []
    for _ in range(2):
        page.get_by_role("button", name="Next", exact=True).click()
        until(page, f"location.hash.includes('test:') && !location.hash.includes('{seen[-1] if seen else 'none'}')")
        seen.append(image(page))
    page.go_back()
    until(page, f"location.hash.includes('{seen[0]}')")
    page.locator(".digits .note", has_text=f"image {seen[0].split(':')[1]} ").wait_for()
    page.get_by_role("tab", name="Microscope").click()
    heading = page.locator(".step-main h2")
    heading.wait_for()
    first = heading.inner_text()
    page.get_by_role("button", name="Next →").click()
    until(page, "location.hash.includes('step=2')")
    assert heading.inner_text() != first
    page.go_back()
    until(page, f"document.querySelector('.step-main h2').innerText === {first!r}")
    assert "#/microscope" in page.url


@pytest.mark.slow
def test_choosing_a_model_leaves_the_focus_where_it_is(visit: Visit) -> None:
    page = visit("#/draw")
    page.locator("#model").focus()
    page.locator("#model").select_option("softmax")
    until(page, "document.querySelector('.model-menu .shape').textContent === '784-20-10'")
    assert page.evaluate("document.activeElement.id") == "model"
    assert page.locator("#model option:checked").inner_text() == "Softmax, small"


@pytest.mark.slow
def test_what_cannot_be_loaded_is_said_and_tried_again(visit: Visit) -> None:
    page = visit("#/words")
    for name in ("reader", "test-images"):
        page.context.route(f"**/data/{name}*", lambda route: route.fulfill(status=200, body=b"something else"))
    page.get_by_role("tab", name="Draw").click()
    page.get_by_role("alert").filter(has_text="This room could not be opened").wait_for()
    page.context.unroute("**/data/reader*")
    page.get_by_role("button", name="Try again").click()
    toast = page.locator(".toast", has_text="A part of this room could not be loaded: this is not an IDX file of bytes")
    toast.wait_for()
    page.context.unroute("**/data/test-images*")
    toast.get_by_role("button", name="Try again").click()
    page.locator(".accuracy", has_text="of 10,000").wait_for()


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_leaves_the_one_that_is_there(visit: Visit) -> None:
    page = visit("#/draw")
    page.context.route("**/data/classic*", lambda route: route.fulfill(status=200, body=b"no model"))
    page.locator("#model").select_option("classic")
    toast = page.locator(".toast", has_text="The model could not be loaded")
    toast.wait_for()
    assert page.locator("#model").input_value() == "reader"
    page.context.unroute("**/data/classic*")
    toast.get_by_role("button", name="Try again").click()
    until(page, "document.querySelector('#model').value === 'classic'")


@pytest.mark.slow
def test_a_page_that_is_opened_as_a_file_says_what_to_do(chromium: Any, tmp_path: Path) -> None:
    export_site(build_site(), tmp_path / "site")
    page = chromium.new_page()
    for name in ("index", "benchmark"):
        page.goto((tmp_path / "site" / f"{name}.html").as_uri())
        page.get_by_role("heading", name="This page needs a web server").wait_for()
        assert f'--directory "{tmp_path / "site"}/"' in page.get_by_role("main").inner_text()
    page.close()
