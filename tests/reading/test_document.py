import json
from types import SimpleNamespace
from typing import get_args

import pytest
from pydantic import ValidationError

from mnist_nn.reading import results
from mnist_nn.reading.document import Decision, Page, PageDecision, page_document
from mnist_nn.reading.pages import PageResult
from mnist_nn.util.documents import as_json, plain

DIGIT = SimpleNamespace(
    text="7", probability=0.9, is_digit=0.99, confidence=0.8, box=(1, 2, 3, 4), decision="doubtful",
    image=None, alternatives=(("1", 0.05), ("9", 0.01)), reason="it may be a 1 (5 %)",
)  # fmt: skip
NUMBER = SimpleNamespace(
    text="7", confidence=0.8, box=(1, 2, 3, 4), line=0, decision="doubtful", reason="", digits=(DIGIT,)
)
READING = SimpleNamespace(file="a.png", page=1, decision="doubtful", numbers=(NUMBER,), ink=None)


def test_a_page_is_a_reading_without_its_pictures() -> None:
    page = plain(Page.of(READING))
    assert list(page) == ["file", "page", "decision", "numbers"]
    assert list(page["numbers"][0]) == ["text", "confidence", "box", "line", "decision", "reason", "digits"]
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


def test_decisions_are_those_of_readings() -> None:
    assert get_args(PageDecision) == results.DECISIONS
    assert get_args(Decision) == results.DECISIONS[:-1]
    with pytest.raises(ValidationError, match="decision"):
        Page.of(SimpleNamespace(**{**vars(READING), "decision": "perhaps"}))
