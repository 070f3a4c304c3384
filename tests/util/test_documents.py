import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import pytest
from jsonschema import Draft202012Validator
from pydantic import Field, RootModel, ValidationError

from mnist_nn.util.documents import (
    Count,
    Document,
    Interval,
    OrNull,
    PathName,
    Share,
    as_json,
    one_of,
    plain,
    schema_of,
)


class Inner(Document):
    """One of several."""

    share: Share = Field(description="a share")


class Example(Document):
    """An example."""

    name: Annotated[str, one_of(("a", "b"))] = Field(description="a name")
    file: PathName = Field(description="a path")
    interval: Interval = Field(description="low, high")
    loss: OrNull[float] = Field(description="null where it is too large")
    inner: list[Inner] = Field(description="several")
    class_: Count = Field(alias="class", description="a word that Python has already")
    extra: float = Field(default_factory=float, description="there if it was given")


RECORD = SimpleNamespace(
    name="a", file=Path("é/b"), interval=(0.1, 1 / 3), loss=math.inf, inner=[SimpleNamespace(share=1.0)], class_=3
)


def example(**changed: object) -> Example:
    return Example.of(SimpleNamespace(**{**vars(RECORD), "extra": 0.5, **changed}))


def test_a_document_is_made_of_the_attributes_of_records() -> None:
    assert plain(example()) == {
        "name": "a", "file": "é/b", "interval": [0.1, 1 / 3], "loss": None, "inner": [{"share": 1.0}], "class": 3,
        "extra": 0.5,
    }  # fmt: skip


def test_what_is_given_beside_a_record_wins() -> None:
    assert Example.of(RECORD, name="b", extra=1.0).name == "b"


def test_a_field_that_was_not_given_is_not_printed() -> None:
    values = {**vars(RECORD)}
    assert "extra" not in plain(Example(**values))


@pytest.mark.parametrize(
    "wrong",
    [{"interval": (0.1, 1.5)}, {"interval": (0.1,)}, {"loss": "0.5"}, {"class_": 1.0}, {"class_": -1},
     {"inner": [SimpleNamespace(share=2.0)]}, {"name": 1}, {"file": "text"}],
)  # fmt: skip
def test_nothing_is_converted_and_nothing_beyond_its_bounds(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        example(**wrong)


def test_a_field_too_many_is_refused() -> None:
    with pytest.raises(ValidationError, match="nonsense"):
        Inner(share=0.5, nonsense=1)


@pytest.mark.parametrize("number", [1e-05, 1 / 3, 5e-324, 1e22, 0.1 + 0.2, -0.0, 123456789.123456789])
def test_numbers_are_printed_as_the_standard_library_prints_them(number: float) -> None:
    assert f'"loss": {json.dumps(number)}' in as_json(example(loss=number))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_null(number: float) -> None:
    assert json.loads(as_json(example(loss=number)))["loss"] is None


def test_json_is_ascii_and_on_one_line_if_wanted() -> None:
    assert as_json(example()).isascii()
    assert "\n" not in as_json(example(), indent=None)


def test_a_schema_says_what_documents_are() -> None:
    schema = schema_of(Example, "example")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(plain(example()))
    assert list(schema)[:3] == ["$schema", "$id", "description"]
    assert schema["$id"] == "urn:mnist-nn:schema:example"
    assert schema["description"] == "An example."
    assert list(schema["properties"]) == ["name", "file", "interval", "loss", "inner", "class", "extra"]
    assert schema["required"] == ["name", "file", "interval", "loss", "inner", "class"]
    assert schema["properties"]["name"] == {"description": "a name", "enum": ["a", "b"], "type": "string"}
    assert schema["properties"]["file"] == {"description": "a path", "type": "string"}
    assert schema["$defs"]["Inner"]["additionalProperties"] is False
    assert '"title"' not in json.dumps(schema), "pydantic's titles say nothing that the names do not"


def test_a_list_is_a_document_too() -> None:
    class Several(RootModel[list[Inner]]):
        """A list."""

    assert plain(Several([Inner(share=0.25)])) == [{"share": 0.25}]
    assert schema_of(Several, "several")["type"] == "array"
