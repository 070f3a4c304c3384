"""Write the fields of all schemas into docs/json.md, below what people wrote there: python tests/cli/json_page.py."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "json.md"
MARK = "<!-- From here on, tests/cli/json_page.py wrote this from src/mnist_nn/schemas. -->\n"


def page(before: str) -> str:
    """Return the whole page: what stands before the mark, and the fields."""
    head = before.partition(MARK)[0]
    schemas = sorted((ROOT / "src" / "mnist_nn" / "schemas").glob("*.json"))
    return head + MARK + "".join(section(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in schemas)


def section(name: str, schema: dict[str, Any]) -> str:
    """Describe one command's document."""
    lines = [f"\n## {name.replace('data-', 'data ')}\n\n{schema['title']}\n"]
    if schema["type"] == "array":
        lines.append(f"\nA list, {schema['description']}: {kind(schema['items'])}.\n")
    else:
        lines.extend(table("", schema))
    for title, part in schema.get("$defs", {}).items():
        lines.append(f"\n**{title}**: {part['description']}\n")
        lines.extend(table("", part))
    return "".join(lines)


def table(prefix: str, schema: dict[str, Any]) -> Iterator[str]:
    """Write a table of an object's fields; what is an object itself follows its own name and a dot."""
    yield "\n| field | type | meaning |\n|---|---|---|\n"
    yield from rows(prefix, schema)


def rows(prefix: str, schema: dict[str, Any]) -> Iterator[str]:
    for name, field in schema["properties"].items():
        optional = "" if name in schema["required"] else ", not always there"
        yield f"| `{prefix}{name}` | {kind(field)}{optional} | {meaning(field)} |\n"
        if "properties" in field:
            yield from rows(f"{prefix}{name}.", field)


def meaning(field: dict[str, Any]) -> str:
    names = [f"`{name}`" for name in field.get("enum", ())]
    return field.get("description", "").replace("|", r"\|") + (f": {', '.join(names)}" if names else "")


def kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return f"**{field['$ref'].removeprefix('#/$defs/')}**"
    if "oneOf" in field or "anyOf" in field:
        return " or ".join(map(kind, field.get("oneOf") or field["anyOf"]))
    if "enum" in field and "type" not in field:
        return "string"
    types = [field["type"]] if isinstance(field["type"], str) else field["type"]
    return " or ".join(f"list of {plural(kind(field['items']))}" if one == "array" else one for one in types)


def plural(word: str) -> str:
    return "lists" + word.removeprefix("list") if word.startswith("list") else word


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
