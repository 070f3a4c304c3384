"""Hold the documents of a command to the schema that is generated of their model, and the schema to the documents."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from mnist_nn.cli.documents import schema_of


def check(name: str, *documents: Any) -> None:
    """Assert that documents are what the schema says, that it refuses wrong ones, and that every field comes in one."""
    schema, seen = schema_of(name), set()
    validator = Draft202012Validator(schema)
    for document in documents:
        validator.validate(document)
        assert not any(map(validator.is_valid, spoiled(document)))
        seen |= set(visited(schema, schema, document, "#"))
    assert all_fields(schema) - seen == set(), "fields that never come"


def spoiled(document: Any) -> Iterator[Any]:
    """Make documents that are wrong: a field too many, a field too few, another type."""
    if isinstance(document, list):
        for broken in spoiled(document[0]):
            yield [broken, *document[1:]]
        return
    yield {**document, "nonsense": 1}
    for field in document:
        yield {name: value for name, value in document.items() if name != field}
        yield {**document, field: object()}


def visited(schema: dict[str, Any], part: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    """Name the fields of a schema that a document has."""
    if "$ref" in part:
        at = part["$ref"]
        part = schema["$defs"][at.removeprefix("#/$defs/")]
    for choice in part.get("anyOf", ()):
        if Draft202012Validator({**choice, "$defs": schema.get("$defs", {})}).is_valid(value):
            yield from visited(schema, choice, value, at)
    if isinstance(value, list) and isinstance(part.get("items"), dict):
        for item in value:
            yield from visited(schema, part["items"], item, at)
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in part.get("properties", {}):
                yield f"{at}/{name}"
            described = part.get("properties", {}).get(name, part.get("additionalProperties"))
            if isinstance(described, dict):
                yield from visited(schema, described, inner, at)


def all_fields(schema: dict[str, Any]) -> set[str]:
    shared = {f"#/$defs/{name}": part for name, part in schema.get("$defs", {}).items()}
    return {f"{at}/{name}" for at, part in {"#": schema, **shared}.items() for name in part.get("properties", ())}
