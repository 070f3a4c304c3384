"""Write the fields of all documents into docs/reference/json.md: python tests/cli/json_page.py.

What people wrote there above the first heading stays as it is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mnist_nn.cli.documents import DOCUMENTS, schema_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "json.md"
MARK = "<!-- From here on, tests/cli/json_page.py wrote this from the models in src/mnist_nn/cli/documents. -->\n"


def page(before: str) -> str:
    """Return the whole page: what stands before the mark, and the fields."""
    head = before.partition(MARK)[0]
    return head + MARK + "".join(section(name, schema_of(name)) for name in DOCUMENTS)


def section(name: str, schema: dict[str, Any]) -> str:
    """Describe one command's document."""
    lines = [f"\n## {name.replace('data-', 'data ')}\n\n{schema['description']}\n"]
    if schema["type"] == "array":
        lines.append(f"\nA list; each element is {kind(schema['items'])}.\n")
    else:
        lines.extend(table(schema))
    for title in referenced(schema):
        shared = schema["$defs"][title]
        lines.append(f"\n**{title}**: {lowered(shared['description'])}\n")
        lines.extend(table(shared))
    return "".join(lines)


def referenced(schema: dict[str, Any]) -> list[str]:
    """List the names below $defs in the order in which a reader comes upon them."""
    own = {name: value for name, value in schema.items() if name != "$defs"}
    found = list(dict.fromkeys(references(own)))
    for name in found:
        found.extend(dict.fromkeys(new for new in references(schema["$defs"][name]) if new not in found))
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict) and "$ref" in part:
        yield part["$ref"].removeprefix("#/$defs/")
    elif isinstance(part, (dict, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from references(inner)


def lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def table(schema: dict[str, Any]) -> Iterator[str]:
    """Write a table of an object's fields."""
    yield "\n| field | type | meaning |\n|---|---|---|\n"
    for name, field in schema["properties"].items():
        optional = "" if name in schema["required"] else ", not always there"
        yield f"| `{name}` | {kind(field)}{optional} | {meaning(field)} |\n"


def meaning(field: dict[str, Any]) -> str:
    listed = [field, field.get("items", {}), field.get("propertyNames", {})]
    names = [f"`{name}`" for part in listed for name in part.get("enum", ())]
    return field["description"].replace("|", r"\|") + (f": {', '.join(names)}" if names else "")


def kind(field: dict[str, Any]) -> str:
    """Name the type of a field."""
    if "$ref" in field:
        return f"**{field['$ref'].removeprefix('#/$defs/')}**"
    if "anyOf" in field:
        return " or ".join(map(kind, field["anyOf"]))
    if field["type"] == "array":
        return f"list of {plural(kind(field['items'] if 'items' in field else field['prefixItems'][0]))}"
    if field["type"] == "object":
        return f"object of {plural(kind(field['additionalProperties']))}"
    return str(field["type"])


def plural(kinds: str) -> str:
    """Write the name of a type, or the names of some, in the plural.

    Examples
    --------
    >>> plural("number or null"), plural("list of integers"), plural("**Digit**")
    ('numbers or nulls', 'lists of integers', '**Digit**')
    """
    return " or ".join(
        "lists" + one.removeprefix("list") if one.startswith("list ") else one if "*" in one else f"{one}s"
        for one in kinds.split(" or ")
    )


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
