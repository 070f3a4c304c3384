import json
from types import SimpleNamespace
from typing import get_args

import pytest
from pydantic import ValidationError

from mnist_nn.reading import results
from mnist_nn.reading.document import Decision, Look, Number, Page, PageDecision, page_document
from mnist_nn.reading.looks import LOOKS
from mnist_nn.reading.pages import PageResult
from mnist_nn.reading.results import NumberReadings, TextReading
from mnist_nn.util.documents import as_json, plain

DIGIT = SimpleNamespace(
    text="7", probability=0.9, is_digit=0.99, confidence=0.8, box=(1, 2, 3, 4), decision="doubtful",
    image=None, alternatives=(("1", 0.05), ("9", 0.01)), reason="it may be a 1 (5 %)",
)  # fmt: skip
NUMBER = SimpleNamespace(
    text="7", confidence=0.8, box=(1, 2, 3, 4), line=0, decision="doubtful", reason="", note="", readings=None,
    digits=(DIGIT,),
)  # fmt: skip
READING = SimpleNamespace(
    file="a.png", page=1, turned=90, decision="doubtful", unlike=("pen",), numbers=(NUMBER,), ink=None
)


def test_a_page_is_a_reading_without_its_pictures() -> None:
    page = plain(Page.of(READING))
    assert list(page) == ["file", "page", "turned", "decision", "unlike", "numbers"]
    fields = ["text", "confidence", "box", "line", "decision", "reason", "note", "readings", "digits"]
    assert list(page["numbers"][0]) == fields
    assert page["unlike"] == ["pen"]
    assert page["numbers"][0]["digits"][0] == {
        "text": "7", "probability": 0.9, "is_digit": 0.99, "confidence": 0.8, "box": [1, 2, 3, 4],
        "decision": "doubtful", "alternatives": {"1": 0.05, "9": 0.01}, "reason": "it may be a 1 (5 %)",
    }  # fmt: skip
    assert json.loads(as_json(Page.of(READING), indent=None)) == page


def test_an_error_stands_in_the_place_of_a_page() -> None:
    result = PageResult("-", 2, None, "no picture")
    assert plain(page_document(result)) == {"file": "-", "page": 2, "error": "no picture"}


def test_the_document_of_a_page_that_was_read_is_that_of_its_reading() -> None:
    assert page_document(SimpleNamespace(reading=READING)) == Page.of(READING)


def test_what_was_said_of_a_number_is_in_its_document() -> None:
    readings = NumberReadings(TextReading("71", 0.4), (TextReading("77", 0.5), TextReading("71", 0.9)))
    document = plain(Number.of(NUMBER, readings=readings))["readings"]
    assert document == {
        "segments": {"text": "71", "probability": 0.4},
        "networks": [{"text": "77", "probability": 0.5}, {"text": "71", "probability": 0.9}],
        "as_line": True,
    }
    alone = plain(Number.of(NUMBER, readings=NumberReadings(TextReading("7", 0.4), ())))["readings"]
    assert (alone["networks"], alone["as_line"]) == ([], False)


def test_decisions_are_those_of_readings() -> None:
    assert get_args(PageDecision) == results.DECISIONS
    assert get_args(Decision) == results.DECISIONS[:-1]
    assert get_args(Look) == tuple(LOOKS)
    with pytest.raises(ValidationError, match="decision"):
        Page.of(SimpleNamespace(**{**vars(READING), "decision": "perhaps"}))
