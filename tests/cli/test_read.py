import csv
import dataclasses
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, wait_for
from PIL import Image

from mnist_nn import load_data
from mnist_nn.cli.read import explanation
from mnist_nn.cli.read.csv_table import COLUMNS, OLDER_COLUMNS, open_table
from mnist_nn.errors import ConfigError
from mnist_nn.imaging import Page
from mnist_nn.model_file import storage
from mnist_nn.reading import pages
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model, reader_model_bytes
from mnist_nn.reading.results import Reading

Cli = Callable[..., Any]
SEVEN, TWO, ONE, ZERO = range(4)  # what the first test digits show


def picture(path: Path, *digits: int) -> Path:
    """Write a picture of test digits side by side, dark on light; none of them is a blank page."""
    paper = np.full((140, 60 + 24 * len(digits)), 230.0)
    images = load_data("mnist").test.images
    for place, digit in enumerate(digits):
        paper[56:84, 20 + 24 * place : 48 + 24 * place] -= 200 * (images[digit] / 255)
    Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures as people have them: good, blank, of several pages, with strange names, and bad ones."""
    where = tmp_path / "pictures"
    where.mkdir()
    picture(where / "a.png", SEVEN, TWO, ONE)
    picture(where / 'b, "new"\nline.png', ZERO)
    picture(where / "c blank.png")
    (where / "d text.png").write_text("this is no picture")
    pages = [Image.open(picture(where / f"{n}.png", *digits)) for n, digits in enumerate([(ONE, ZERO), (), (TWO,)])]
    pages[0].save(where / "e.tif", save_all=True, append_images=pages[1:])
    (where / "f cut.png").write_bytes((where / "a.png").read_bytes()[:200])
    for n in range(3):
        (where / f"{n}.png").unlink()
    picture(where / "g.png", TWO, SEVEN)
    return where


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def essence(path: Path) -> list[tuple[str, ...]]:
    return [(Path(row[0]).name, row[1], row[3], row[5].split(":")[0]) for row in rows(path)[1:]]


EXPECTED = [
    ("a.png", "1", "721", "digit"),
    ('b, "new"\nline.png', "1", "0", "digit"),
    ("c blank.png", "1", "", "nothing there"),
    ("d text.png", "1", "", "error"),
    ("e.tif", "1", "10", "digit"),
    ("e.tif", "2", "", "nothing there"),
    ("e.tif", "3", "2", "digit"),
    ("f cut.png", "1", "", "error"),
    ("g.png", "1", "27", "digit"),
]


def test_one_picture_is_a_line_a_number(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("read", picture(tmp_path / "a.png", SEVEN, TWO, ONE))
    assert outcome.code == 0
    assert re.fullmatch(r"721 +> 99 %  digit\n", outcome.out)
    assert outcome.err == ""


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


def test_the_table_has_a_row_a_number(cli: Cli, folder: Path, tmp_path: Path) -> None:
    outcome = cli("read", folder, "--csv", "out.csv")
    assert outcome.code == 2
    assert "7 files, 2 bad, 2 pages with nothing on them; 5 numbers: 5 accepted" in outcome.out
    out = tmp_path / "out.csv"
    assert tuple(rows(out)[0]) == COLUMNS
    assert essence(out) == EXPECTED
    first, error = rows(out)[1], rows(out)[4]
    assert [int(side) for side in first[2].split()] == pytest.approx([25, 59, 92, 82], abs=5)
    assert 0.5 < float(first[4]) <= 1
    assert error[5].startswith("error: ")
    assert (error[2], error[4]) == ("", "")
    assert out.read_bytes().count(b"\r\n") == len(EXPECTED) + 1, "RFC 4180"


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


def test_standard_input(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = picture(tmp_path / "a.png", TWO, ONE).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    (row,) = cli("read", "-", "--json").json
    assert (row["file"], row["numbers"][0]["text"]) == ("-", "21")


def test_no_standard_input(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    outcome = cli("read", "-")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("mnist-nn: there is no standard input; name a file")


def test_the_pages_of_one_file_are_told_apart(cli: Cli, folder: Path) -> None:
    lines = cli("read", folder / "e.tif").out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["10", "page 2", "page 3"]


def test_a_blank_picture_is_nothing_there(cli: Cli, tmp_path: Path) -> None:
    blank = picture(tmp_path / "blank.png")
    assert cli("read", blank).out == "nothing there\n"
    assert cli("read", blank, "--json").json[0]["decision"] == "nothing there"


def test_a_doubtful_digit_is_marked_and_says_why(cli: Cli, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN, TWO)
    outcome = cli("read", path, "--max-error", "0.004", "--checksum", "luhn", "--length", "9")
    assert "doubtful: it cannot be read with 9 digits and a luhn check digit that is right" in outcome.out
    assert re.search(r"accepts \d\d\.\d % of digits at an error of at most 0.4 %", outcome.err)
    scribble = Image.fromarray(np.random.default_rng(3).integers(0, 2, (9, 9), np.uint8) * 200).resize((90, 90))
    page = Image.new("L", (300, 300), 240)
    page.paste(0, (100, 100), scribble)
    page.save(path)
    assert re.match(r"[#\d?]*[#?]", cli("read", path).out)


def test_the_model_may_be_another(cli: Cli, tmp_path: Path, model: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN)
    outcome = cli("read", path, "--model", model)
    assert outcome.code == 0
    assert "mnist-nn calibrate" in outcome.err
    storage.save(tmp_path / "again.safetensors", load_reader_model())
    assert cli("read", path, "--model", "again.safetensors").out == cli("read", path).out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--checksum", "crc"), "choose one of: none, luhn, isbn"),
        (("--length", "0"), "length is 0"),
        (("--max-error", "0"), "max_error"),
        (("--force",), "--force has no effect without --csv FILE or --explain DIR; leave it out"),
        (("--pixel-limit", "0"), "--pixel-limit is 0"),
        (("--page-limit", "0"), "--page-limit is 0"),
        (("--model", "missing"), "missing"),
        (("--resume",), "--csv FILE"),
        (("--resume", "--csv", "a.csv", "--force"), "without --force"),
        (("--csv", "no/folder/a.csv"), "no/folder/a.csv"),
        (("--csv", "."), "cannot write '.': it is a folder"),
        (("--csv", "a.png", "--force"), "--csv 'a.png' is in the place of a picture"),
        (("--csv", "other.JPG"), "--csv 'other.JPG' is in the place of a picture"),
        (("--explain", "a.png"), "cannot write into 'a.png': it is no folder"),
    ],
)
def test_settings_that_cannot_be(cli: Cli, tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    outcome = cli("read", picture(tmp_path / "a.png", SEVEN), *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


def test_limits(cli: Cli, folder: Path) -> None:
    assert "pixels" in cli("read", folder / "a.png", "--pixel-limit", "100").err
    assert "pages" in cli("read", folder / "e.tif", "--page-limit", "2").err


# Nothing is overwritten, and a killed run goes on


def test_a_table_is_never_overwritten_unless_told(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("mine")
    outcome = cli("read", folder, "--csv", "out.csv")
    assert outcome.code == 2
    assert "--resume" in outcome.err
    assert "--force" in outcome.err
    assert (tmp_path / "out.csv").read_text() == "mine"
    cli("read", folder, "--csv", "out.csv", "--force")
    assert essence(tmp_path / "out.csv") == EXPECTED


@pytest.mark.parametrize("content", ["mine", "a,b\r\n1,2\r\n", ",".join(COLUMNS) + "\r\na\r\n", '"x\r\ny"z\r\n\r\n'])
def test_a_file_that_is_no_table_is_not_gone_on_with(cli: Cli, folder: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "out.csv").write_text(content, newline="")
    outcome = cli("read", folder, "--csv", "out.csv", "--resume")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert (tmp_path / "out.csv").read_text() == content.replace("\r\n", "\n")


def test_resuming_after_a_kill_at_any_byte_ends_with_the_same_table(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    cli("read", folder, "--csv", path)
    whole, same = path.read_bytes(), json.loads(Path(f"{path}.settings.json").read_text())
    kept = 0
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        with open_table(path, same, resume=True) as made:
            assert whole.startswith(path.read_bytes()), size
            assert all(str(name) in whole.decode().replace('""', '"') for name in made.completed)
            assert len(made.completed) >= kept, "what was complete stays complete"
            kept = max(0, len(made.completed))
    assert kept == len(list(folder.iterdir())) - 1, "all files but the last are known to be complete"
    read: list[str] = []
    original = pages.each_page
    monkeypatch.setattr(pages, "each_page", lambda name, **limits: (read.append(name), original(name, **limits))[1])
    for size in (0, 10, 60, len(whole) // 2, len(whole) - 1, len(whole)):
        path.write_bytes(whole[:size])
        read.clear()
        outcome = cli("read", folder, "--csv", path, "--resume")
        assert path.read_bytes() == whole, size
        assert outcome.code == 2, "the bad files of the first run count"
        assert len(read) <= len(list(folder.iterdir()))
    assert len(read) == 1, "of a complete table only the last file is read again"


def test_a_table_of_an_older_version_is_refused_and_stays(cli: Cli, folder: Path, tmp_path: Path) -> None:
    cli("read", folder, "--csv", "out.csv")
    header, _, rest = (tmp_path / "out.csv").read_bytes().partition(b"\r\n")
    older = ",".join(OLDER_COLUMNS).encode() + b"\r\n" + rest
    assert header == ",".join(COLUMNS).encode()
    (tmp_path / "out.csv").write_bytes(older)
    outcome = cli("read", folder, "--csv", "out.csv", "--resume")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "'out.csv' was begun by an older mnist-nn, which called its last column verdict" in outcome.err
    assert (tmp_path / "out.csv").read_bytes() == older


def test_resuming_without_a_table_begins_one(cli: Cli, folder: Path, tmp_path: Path) -> None:
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert essence(tmp_path / "out.csv") == EXPECTED


def test_a_name_that_is_no_text_keeps_its_bytes(cli: Cli, tmp_path: Path) -> None:
    strange = os.fsdecode(b"p\xff.png")
    picture(tmp_path / "a.png", TWO).rename(tmp_path / strange)
    picture(tmp_path / "z.png", ONE)
    for options in ((), ("--resume",)):
        assert cli("read", strange, "z.png", "--csv", "out.csv", *options).code == 0
        assert (tmp_path / "out.csv").read_bytes().splitlines()[1].startswith(b"p\xff.png,1,")
        assert len((tmp_path / "out.csv").read_bytes().splitlines()) == 3
    assert json.loads(cli("read", strange, "--json").out)[0]["file"] == strange


def test_a_full_disk_is_one_line(
    cli: Cli, folder: Path, tmp_path: Path, files_no_larger_than: Callable[[int], Any]
) -> None:
    with files_no_larger_than(300):
        outcome = cli("read", folder, "--csv", "out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--resume" in outcome.err
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert essence(tmp_path / "out.csv") == EXPECTED


def newlines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for_rows(path: Path, more_than: int) -> None:
    wait_for(lambda: newlines(path) > more_than, "no more rows came")


def test_ctrl_c_keeps_the_rows_and_says_how_to_go_on(
    tmp_path: Path, cli: Cli, process: Callable[..., subprocess.Popen[str]]
) -> None:
    first = picture(tmp_path / "0.png", SEVEN, TWO).read_bytes()
    names = [f"{n}.png" for n in range(150)]
    for name in names[1:]:
        (tmp_path / name).write_bytes(first)
    running = process("read", *names, "--csv", "out.csv")
    out = tmp_path / "out.csv"
    wait_for_rows(out, 5)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "the rows so far are in out.csv. Continue with the same command and --resume" in err
    assert 5 < len(rows(out)) < 151
    assert cli("read", *names, "--csv", "out.csv", "--resume").code == 0
    assert essence(out) == [(name, "1", "72", "digit") for name in names]


def test_a_bad_page_is_a_row_and_the_pages_after_it_go_on(cli: Cli, tmp_path: Path) -> None:
    pages = [Image.open(picture(tmp_path / f"{n}.png", n)) for n in (SEVEN, TWO, ONE)]
    pages.insert(1, Image.new("L", (900, 900), 255))
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "a.pdf", save_all=True, append_images=pages[1:], resolution=200)
    outcome = cli("read", "a.tif", "a.pdf", "--csv", "out.csv", "--pixel-limit", 100_000)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 2
    found = essence(tmp_path / "out.csv")
    texts = [("1", "7", "digit"), ("2", "", "error"), ("3", "2", "digit"), ("4", "1", "digit")]
    assert found == [("a.tif", *row) for row in texts] + [("a.pdf", *row) for row in texts]
    assert "page 2 is 900×900" in rows(tmp_path / "out.csv")[2][5]


def test_a_fault_of_ours_in_one_page_costs_no_other(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Reader.__call__

    def faulty(self: Reader, page: Page) -> Reading:
        if Path(page.file).name == "e.tif" and page.number == 2:
            raise ZeroDivisionError("never\nhappens")
        return original(self, page)

    monkeypatch.setattr(Reader, "__call__", faulty)
    outcome = cli("read", folder, "--csv", "out.csv")
    assert "e.tif' could not be read: ZeroDivisionError, never happens\n" in outcome.err
    expected = [row if row[:2] != ("e.tif", "2") else ("e.tif", "2", "", "error") for row in EXPECTED]
    assert essence(tmp_path / "out.csv") == expected


# A table goes on with the settings that it was begun with


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--length", "2"), "--length not given (now 2)"),
        (("--checksum", "luhn"), "--checksum none (now luhn)"),
        (("--max-error", "0.02"), "--max-error not given (now 0.02)"),
        (("--page-limit", "7"), "--page-limit 200 (now 7)"),
        (("--model", "other.safetensors"), "the model of SHA-256 "),
    ],
)
def test_a_table_does_not_go_on_with_other_settings(
    cli: Cli, folder: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    model = load_reader_model()
    storage.save(tmp_path / "other.safetensors", dataclasses.replace(model, data={**model.data, "name": "other"}))
    cli("read", folder, "--csv", "out.csv")
    whole = (tmp_path / "out.csv").read_bytes()
    kept = json.loads((tmp_path / "out.csv.settings.json").read_text())
    assert kept["model_sha256"] == hashlib.sha256(reader_model_bytes()).hexdigest()
    (tmp_path / "out.csv").write_bytes(whole[: len(whole) // 2])
    outcome = cli("read", folder, "--csv", "out.csv", "--resume", *options)
    assert (outcome.code, outcome.out) == (2, "")
    line = outcome.err.splitlines()[-1]
    assert f"'out.csv' was begun with {said}" in line
    assert "without 'out.csv.settings.json' they are not compared" in line
    assert (tmp_path / "out.csv").read_bytes() == whole[: len(whole) // 2]
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert (tmp_path / "out.csv").read_bytes() == whole


def test_nor_does_a_table_of_one_file_which_would_be_read_anew(cli: Cli, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN)
    cli("read", path, "--csv", "out.csv")
    whole = (tmp_path / "out.csv").read_bytes()
    outcome = cli("read", path, "--csv", "out.csv", "--resume", "--length", "3")
    assert (outcome.code, outcome.out) == (2, "")
    assert (tmp_path / "out.csv").read_bytes() == whole


def test_a_table_whose_settings_are_not_known_goes_on_and_says_so(cli: Cli, folder: Path, tmp_path: Path) -> None:
    cli("read", folder, "--csv", "out.csv")
    (tmp_path / "out.csv.settings.json").unlink()
    outcome = cli("read", folder, "--csv", "out.csv", "--resume", "--length", "2")
    assert "the settings that 'out.csv' was begun with are not known" in outcome.err
    assert not (tmp_path / "out.csv.settings.json").exists(), "they would be a guess"


def test_a_file_of_settings_that_is_somebody_elses_stays(cli: Cli, folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "out.csv.settings.json"
    mine.write_text("mine")
    outcome = cli("read", folder, "--csv", "out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "does not hold the settings of a table" in outcome.err
    assert mine.read_text() == "mine"
    assert not (tmp_path / "out.csv").exists()
    cli("read", folder, "--csv", "out.csv", "--force")
    assert essence(tmp_path / "out.csv") == EXPECTED


def test_a_device_has_no_settings_beside_it(cli: Cli, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN)
    full = cli("read", path, "--csv", "/dev/full", "--force")
    assert (full.code, full.err.count("\n")) == (2, 1)
    assert "cannot write '/dev/full': No space left on device" in full.err
    assert cli("read", path, "--csv", "/dev/null", "--force").code == 0
    assert not Path("/dev/null.settings.json").exists()


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no /dev/stdout here")
def test_standard_output_that_leads_to_a_file_has_no_settings_beside_it(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN)
    command = [sys.executable, "-m", "mnist_nn", "read", path, "--csv", "/dev/stdout", "--force", "--quiet"]
    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out").read_text().startswith("file,page,box")
    assert not Path("/dev/stdout.settings.json").exists()


def test_a_table_stays_where_its_settings_cannot_be_written(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv.settings.json").mkdir()
    (tmp_path / "out.csv").write_text("rows of years")
    outcome = cli("read", folder, "--csv", "out.csv", "--force")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot write 'out.csv.settings.json'" in outcome.err
    assert (tmp_path / "out.csv").read_text() == "rows of years"


def test_a_folder_that_is_a_file_is_what_is_wrong(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = cli("read", folder, "--csv", "file/out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot write 'file/out.csv': Not a directory" in outcome.err


# A run that is killed, and gone on with


def test_what_a_killed_run_and_its_sequels_leave_is_what_one_run_writes(
    tmp_path: Path, cli: Cli, folder: Path, process: Callable[..., subprocess.Popen[str]]
) -> None:
    for n in range(40):
        picture(folder / f"h{n}.png", *np.random.default_rng(n).integers(0, 1000, n % 6))
    assert cli("read", folder, "g.png", folder / "h7.png", "--csv", "whole.csv").code == 2
    whole = (tmp_path / "whole.csv").read_bytes()
    out = tmp_path / "out.csv"
    command = ("read", folder, "g.png", folder / "h7.png", "--csv", "out.csv")
    for stop in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        before = newlines(out)
        running = process(*command, "--resume")
        wait_for_rows(out, before + 5)
        running.send_signal(stop)
        running.communicate(timeout=PATIENCE)
        assert running.returncode in {130, -signal.SIGKILL}
        assert whole.startswith(out.read_bytes())
        assert out.read_bytes() != whole
    assert cli(*command, "--resume").code == 2
    assert out.read_bytes() == whole


# The web page


def test_explain_writes_one_page_and_never_over_anything(cli: Cli, folder: Path, tmp_path: Path) -> None:
    assert cli("read", folder, "--explain", "why").code == 2
    page = (tmp_path / "why" / "index.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 7
    assert page.rstrip().endswith("</html>")
    assert [file.name for file in (tmp_path / "why").iterdir()] == ["index.html"]
    outcome = cli("read", folder, "--explain", "why")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--force" in outcome.err
    assert cli("read", folder / "a.png", "--explain", "why", "--force").code == 0
    assert (tmp_path / "why" / "index.html").read_text(encoding="utf-8").count("<section>") == 1
    (tmp_path / "file").write_text("mine")
    assert "cannot write into 'file'" in cli("read", folder, "--explain", "file").err


def test_explain_shows_so_many_pages_and_says_how_many_more(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explanation, "MAX_PAGES", 2)
    cli("read", folder, "--explain", "why", "--quiet")
    page = (tmp_path / "why" / "index.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 2
    assert "5 more pages were read" in page


def test_reading_a_folder_needs_no_more_memory_for_more_files(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from mnist_nn.cli.program import run; run(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    first = picture(tmp_path / "0.png", SEVEN, TWO).read_bytes()
    for count in (10, 120):
        names = [f"{n}.png" for n in range(count)]
        for name in names:
            (tmp_path / name).write_bytes(first)
        arguments = [sys.executable, "-c", code, "read", *names, "--csv", f"{count}.csv", "--quiet"]
        outcome = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=PATIENCE)
        peaks.append(int(outcome.stdout))
    assert peaks[1] < peaks[0] + 8_000, "kilobytes"


def test_a_table_that_cannot_be_opened_again(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot continue"), open_table(tmp_path, {}, resume=True):
        pass
