"""The playground in other languages, in a real browser: the choice, the address, numbers, lessons and narrow phones."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from waiting import until

from mnist_nn.playground.site import train_small

Visit = Callable[..., Any]

ROOMS = ("draw", "microscope", "train", "race", "history", "words")
TABS = {
    "de": ("Zeichnen", "Mikroskop", "Trainieren", "Rennen", "Zeitmaschine", "Begriffe"),
    "it": ("Disegna", "Microscopio", "Addestra", "Gara", "Macchina del tempo", "Glossario"),
}
LEFT_OVER = re.compile(r"\b(the|and|with|of)\b")  # in no other language's words


def test_the_choice_is_in_the_address_and_goes_along(visit: Visit) -> None:
    page = visit("#/draw?model=reader&image=test:0")
    page.locator(".decision h2", has_text="This is a 7").wait_for()
    page.get_by_label("Language").select_option("de")
    page.locator(".decision h2", has_text="Das ist eine 7").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    assert "lang=de" in page.url
    assert "image=test:0" in page.url
    page.locator(".accuracy", has_text=re.compile(r"Liest 9\.\d\d\d von 10\.000 .*\(9\d,\d\d %\)")).wait_for()
    page.get_by_role("tab", name="Begriffe").click()
    page.get_by_role("heading", name="Begriffe und Symbole").wait_for()
    assert "lang=de" in page.url
    assert page.title() == "Begriffe · mnist-nn-Playground"


@pytest.mark.slow
def test_the_browser_says_which_language_it_wants(visit: Visit) -> None:
    page = visit("#/words", locale="it-CH")
    page.get_by_role("heading", name="Parole e simboli").wait_for()
    page.evaluate("location.hash = '#/words?lang=en'")
    page.get_by_role("heading", name="Words and symbols").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("language", TABS)
def test_every_room_speaks_the_language_and_fits_a_phone(
    visit: Visit, language: str, findings: Callable[[Any], list[str]]
) -> None:
    page = visit(f"#/draw?lang={language}&image=test:8", phone=True, bypass_csp=True)
    for room, tab in zip(ROOMS, TABS[language], strict=True):
        page.get_by_role("tab", name=tab).click()
        page.locator(f".room-{room} > :not(.loading)").first.wait_for()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, room
        assert findings(page) == [], room
        if room != "words":  # sources are titles of papers
            assert not LEFT_OVER.search(page.inner_text("main")), room


@pytest.mark.slow
@pytest.mark.parametrize(("language", "title", "said"), [
    ("de", "Ein Netz, das nichts weiß", "Nicht ganz."), ("it", "Una rete che non sa nulla", "Non proprio."),
])  # fmt: skip
def test_a_lesson_is_led_in_the_language(visit: Visit, language: str, title: str, said: str) -> None:
    page = visit(f"#/microscope?lang={language}&lesson=first.3")
    page.get_by_role("heading", name=title).wait_for()
    page.locator(".guide .answers button").first.click()
    page.locator(".because", has_text=said).wait_for()
    until(page, "/−?[0-9],[0-9]{3}/.test(document.querySelector('.net').textContent)")


@pytest.mark.slow
def test_errors_and_decimal_commas_are_understood(visit: Visit) -> None:
    page = visit("#/train?lang=de")
    rate = page.get_by_role("textbox", name="Lernrate η")
    rate.fill("0,05")
    rate.press("Tab")
    until(page, "location.hash.includes('rate=0.05')")
    rate.fill("-1")
    rate.press("Tab")
    page.get_by_text("learning_rate ist -1; gib Folgendes an: eine Zahl über 0").first.wait_for()


@pytest.mark.slow
def test_a_model_of_ones_own_is_not_lost_without_a_word(visit: Visit) -> None:
    page = visit("#/draw")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a model file").click()
    chooser.value.set_files(
        {"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": train_small("classic")}
    )
    until(page, "document.querySelector('#model').value === 'own:mine'")
    page.get_by_label("Language").select_option("it")
    toast = page.get_by_role("alert").filter(has_text="are lost")
    toast.get_by_role("button", name="Close").click()
    assert page.locator("#model").input_value() == "own:mine"
    page.get_by_label("Language").select_option("it")
    page.get_by_role("button", name="Change the language").click()
    page.get_by_role("tab", name="Disegna").wait_for()


@pytest.mark.slow
def test_a_language_that_cannot_be_loaded_leaves_english(visit: Visit) -> None:
    page = visit("#/words")
    broken = {"content_type": "text/javascript", "body": "throw new Error('cut off')"}
    page.context.route("**/languages/de.js", lambda route: route.fulfill(**broken))
    page.evaluate("location.hash = '#/words?lang=de'")
    toast = page.locator(".toast", has_text="Deutsch could not be loaded")
    toast.wait_for()
    assert page.get_by_role("heading", name="Words and symbols").is_visible()
    page.context.unroute("**/languages/de.js")
    toast.get_by_role("button", name="Try again").click()
    page.get_by_role("heading", name="Begriffe und Symbole").wait_for()
