"""What is printed of each page: lines for people, one JSON array for programs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from number_pictures import EXPECTED, ONE, picture

Cli = Callable[..., Any]


def test_several_pictures_are_named_and_bad_ones_lose_nothing(cli: Cli, folder: Path) -> None:
    outcome = cli("read", folder)
    assert outcome.code == 2
    lines = outcome.out.splitlines()
    assert len(lines) == 7
    assert "a.png  721 " in lines[0]
    assert lines[1].startswith(repr(str(folder / 'b, "new"\nline.png')) + "  0 ")
    assert lines[2].endswith("c blank.png  nothing there")
    assert "e.tif, page 3  2 " in lines[5]
    assert outcome.err.count("\n") == 2
    assert "d text.png" in outcome.err
    assert "f cut.png" in outcome.err


def test_json_is_one_array_whatever_happens(cli: Cli, folder: Path) -> None:
    outcome = cli("read", folder, "missing.png", "--json")
    assert outcome.code == 2
    assert [row.get("error") is None for row in outcome.json] == [name != "error" for *_, name in EXPECTED] + [False]
    first = outcome.json[0]
    assert first["file"].endswith("a.png")
    (number,) = first["numbers"]
    assert (first["page"], first["decision"], number["text"], len(number["digits"])) == (1, "digit", "721", 3)
    assert {"text", "probability", "is_digit", "confidence", "box", "decision", "alternatives", "reason"} == set(
        number["digits"][0]
    )
    assert cli("read", picture(folder / "h.png", ONE), "--json", "--quiet").json[0]["numbers"][0]["text"] == "1"


def test_the_pages_of_one_file_are_told_apart(cli: Cli, folder: Path) -> None:
    lines = cli("read", folder / "e.tif").out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["10", "page 2", "page 3"]


def test_a_blank_picture_is_nothing_there(cli: Cli, tmp_path: Path) -> None:
    blank = picture(tmp_path / "blank.png")
    assert cli("read", blank).out == "nothing there\n"
    assert cli("read", blank, "--json").json[0]["decision"] == "nothing there"
