"""The base of this program's JSON documents: strict pydantic models whose fields state their meaning and unit.

The documents themselves are in `mnist_nn.cli.documents` or, if the server uses them too, beside what they describe.
Pydantic takes time to load, so only code that prints JSON or a schema imports this module.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

Share = Annotated[float, Field(ge=0, le=1)]
Interval = tuple[Share, Share]
NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Ordinal = Annotated[int, Field(ge=1)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


T = TypeVar("T")
OrNull = Annotated[T | None, BeforeValidator(_finite)]  # null where a number is infinite or not a number
PathName = Annotated[Path, PlainSerializer(str), WithJsonSchema({"type": "string"})]


class Document(BaseModel):
    """A JSON object with only declared fields of the declared types; nothing is converted, and NaN is invalid."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, from_attributes=True, populate_by_name=True, allow_inf_nan=False
    )

    @classmethod
    def of(cls, record: object, **values: Any) -> Self:
        """Make a document from the attributes of a record, plus values that the record does not have.

        Examples
        --------
        >>> class Size(Document):
        ...     name: str
        ...     imag: float
        >>> Size.of(2 + 3j, name="a")
        Size(name='a', imag=3.0)
        """
        taken = {name: getattr(record, name) for name in cls.model_fields if name not in values}
        return cls.model_validate({**taken, **values})


def one_of(names: Iterable[str]) -> WithJsonSchema:
    """Declare that a string is one of these names, which are defined elsewhere in the program."""
    return WithJsonSchema({"type": "string", "enum": list(names)})


def plain(document: BaseModel) -> Any:
    """Return a document as dictionaries, lists, strings and finite numbers; fields that were not given are left out.

    Examples
    --------
    >>> class Loss(Document):
    ...     loss: OrNull[float]
    >>> plain(Loss(loss=math.inf))
    {'loss': None}
    """
    return document.model_dump(mode="json", by_alias=True, exclude_unset=True)


def as_json(document: BaseModel, *, indent: int | None = 2) -> str:
    """Write a document as JSON in ASCII, so that the terminal's encoding cannot change it."""
    return json.dumps(plain(document), indent=indent, allow_nan=False)


class _Schema(GenerateJsonSchema):
    """JSON Schema without the titles that pydantic makes from the names of fields and classes."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def model_schema(self, schema: Any) -> Any:
        return {name: value for name, value in super().model_schema(schema).items() if name != "title"}

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> Any:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}


def schema_of(document: type[BaseModel], name: str) -> dict[str, Any]:
    """Generate the JSON Schema (2020-12) of a document; its ``$id`` ends with the name.

    Examples
    --------
    >>> class Size(Document):
    ...     \"\"\"How large a file is.\"\"\"
    ...     bytes: Count
    >>> schema_of(Size, "size")["properties"]
    {'bytes': {'minimum': 0, 'type': 'integer'}}
    """
    made = document.model_json_schema(schema_generator=_Schema)
    head = {"$schema": made.pop("$schema"), "$id": f"urn:mnist-nn:schema:{name}", "description": document.__doc__}
    shared = {"$defs": made.pop("$defs")} if "$defs" in made else {}
    return {**head, **made, **shared}
