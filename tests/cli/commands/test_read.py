"""``read`` as a person meets it: pictures, standard input, options, mistakes; and a run that is stopped."""

import io
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from number_pictures import ONE, SEVEN, TWO, essence, picture, rows
from patience import PATIENCE, wait_for
from PIL import Image

from mnist_nn.evaluation.likeness import summarize_looks
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.model_file import storage
from mnist_nn.reading.looks import LOOKS
from mnist_nn.reading.reader_model import load_reader_model

Cli = Callable[..., Any]


def test_one_picture_is_a_line_a_number(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("read", picture(tmp_path / "a.png", SEVEN, TWO, ONE))
    assert outcome.code == 0
    assert re.fullmatch(r"721 +> 99 %  digit\n", outcome.out)
    assert outcome.err == ""


def test_standard_input(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = picture(tmp_path / "a.png", TWO, ONE).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    (row,) = cli("read", "-", "--json").json
    assert (row["file"], row["numbers"][0]["text"]) == ("-", "21")


def test_no_standard_input(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    outcome = cli("read", "-")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("mnist-nn: there is no standard input; give a file")


def test_a_doubtful_digit_is_marked_and_says_why(cli: Cli, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN, TWO)
    outcome = cli("read", path, "--max-error", "0.02", "--checksum", "luhn", "--length", "9")
    assert "doubtful: it cannot be read with 9 digits and a valid luhn check digit" in outcome.out
    assert re.search(r"accepts \d\d\.\d % of numbers at an error of at most 2 %", outcome.err)
    outcome = cli("read", path, "--max-error-per-digit", "0.006")
    assert re.search(r"accepts \d\d\.\d % of digits at an error of at most 0.6 %", outcome.err)
    scribble = Image.fromarray(np.random.default_rng(3).integers(0, 2, (9, 9), np.uint8) * 200).resize((90, 90))
    page = Image.new("L", (300, 300), 240)
    page.paste(0, (100, 100), scribble)
    page.save(path)
    assert re.match(r"[#\d?]*[#?]", cli("read", path).out)


def test_what_is_known_decides_what_is_read(cli: Cli, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN, TWO)
    (tmp_path / "list.txt").write_text("\n 72 \n1234\n")
    assert re.fullmatch(r"72 +> 99 %  digit\n", cli("read", path, "--one-of", "list.txt", "--pattern", "[67]?").out)
    (tmp_path / "list.txt").write_text("13\n64\n1300\n")
    outcome = cli("read", path, "--one-of", "list.txt")
    assert outcome.code == 0
    assert "doubtful: it cannot be read as one of the 3 allowed values" in outcome.out


def test_a_field_is_one_number_however_far_its_digits_are_apart(cli: Cli, tmp_path: Path) -> None:
    Image.fromarray(
        np.hstack([np.asarray(Image.open(picture(tmp_path / "a.png", digit))) for digit in (SEVEN, TWO)])
    ).save(tmp_path / "field.png")
    assert [line.split()[0] for line in cli("read", tmp_path / "field.png").out.splitlines()] == ["7", "2"]
    assert re.fullmatch(r"72 +(> )?\d\d %  digit\n", cli("read", "--field", tmp_path / "field.png").out)


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
        (("--pattern", ""), "the pattern is ''; give one character for each place"),
        (("--pattern", "1[5"), "the pattern '1[5' has an unclosed bracket in column 2; a place is a digit"),
        (("--pattern", "1?", "--length", "3"), "no number can be read with 3 digits and the pattern '1?'; change one"),
        (("--one-of", "missing.txt"), "cannot read 'missing.txt': No such file or directory; give a file with one"),
        (("--one-of", "empty.txt"), "'empty.txt' is empty; give one allowed number per line"),
        (
            ("--one-of", "names.txt"),
            "line 2 of 'names.txt' is 'Smith'; give one allowed number per line, with digits only",
        ),
        (
            ("--one-of", "list.txt", "--pattern", "3?"),
            "no number can be read as one of the 2 allowed values with the p",
        ),
        (("--one-of", "list.txt", "--csv", "list.txt", "--force"), "--csv and --one-of both name 'list.txt'"),
        (("--max-error", "0"), "max_error"),
        (("--max-error-per-digit", "0"), "max_error"),
        (("--pixel-limit", "0"), "--pixel-limit is 0"),
        (("--page-limit", "0"), "--page-limit is 0"),
        (("--model", "missing"), "missing"),
        (("--resume",), "--csv FILE"),
        (("--force",), "--force has no effect without --csv FILE or --explain DIR; leave --force out"),
        (("--resume", "--csv", "a.csv", "--force"), "cannot be combined with --force"),
        (("--csv", "no/folder/a.csv"), "no/folder/a.csv"),
        (("--csv", "."), "cannot write '.': it is a folder"),
        (("--csv", "a.png", "--force"), "--csv 'a.png' would overwrite a picture"),
        (("--csv", "other.JPG"), "--csv 'other.JPG' would overwrite a picture"),
        (("--explain", "a.png"), "cannot write to 'a.png': it is not a folder"),
    ],
)
def test_settings_that_cannot_be(cli: Cli, tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    for name, content in (("empty.txt", "\n"), ("names.txt", "12\nSmith\n"), ("list.txt", "12\n21\n")):
        (tmp_path / name).write_text(content)
    outcome = cli("read", picture(tmp_path / "a.png", SEVEN), *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


def test_limits(cli: Cli, folder: Path) -> None:
    assert "pixels" in cli("read", folder / "a.png", "--pixel-limit", "100").err
    assert "pages" in cli("read", folder / "e.tif", "--page-limit", "2").err


def newlines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for_rows(path: Path, more_than: int) -> None:
    wait_for(lambda: newlines(path) > more_than, "no more rows came")


@pytest.mark.slow
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
    assert "The rows so far are in out.csv. To continue, run the same command with --resume" in err
    assert 5 < len(rows(out)) < 151
    assert cli("read", *names, "--csv", "out.csv", "--resume").code == 0
    assert essence(out) == [(name, "1", "72", "digit") for name in names]


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_force_keeps_the_older_table_until_the_new_one_is_whole(
    tmp_path: Path, cli: Cli, process: Callable[..., subprocess.Popen[str]], stop: signal.Signals
) -> None:
    first = picture(tmp_path / "000.png", SEVEN, TWO).read_bytes()
    names = [f"{n:03}.png" for n in range(60)]
    for name in names[1:]:
        (tmp_path / name).write_bytes(first)
    out, part = tmp_path / "out.csv", tmp_path / "out.csv.part"
    assert cli("read", "000.png", "--csv", "out.csv", "--max-error", "0.05").code == 0
    older = out.read_bytes()
    running = process("read", *names, "--csv", "out.csv", "--force")
    wait_for_rows(part, 5)
    running.send_signal(stop)
    _, err = running.communicate(timeout=PATIENCE)
    if stop != signal.SIGKILL:
        assert running.returncode == 130
        assert (
            "The rows so far are in out.csv.part. To continue, run the same command with --resume instead of --f" in err
        )
        assert "out.csv has not been changed" in err
    assert out.read_bytes() == older
    assert len(rows(part)) < 61
    outcome = cli("read", *names, "--csv", "out.csv", "--resume")
    assert outcome.code == 0
    assert "continuing 'out.csv.part', which an interrupted run with --force left" in outcome.err
    assert "The rows are in out.csv\n" in outcome.out
    assert essence(out) == [(name, "1", "72", "digit") for name in names]
    assert sorted(tmp_path.glob("*out*")) == [out, tmp_path / "out.csv.settings.json"]
    for other in (("--max-error", "0.05"), ("--decode-seconds", "5")):
        assert cli("read", "000.png", "--csv", "out.csv", "--resume", *other).code == 2, "settings are new"
    assert cli("read", "000.png", "--csv", "out.csv", "--resume", "--decode-seconds", "10").code == 0, "the usual ones"


@pytest.mark.slow
def test_of_two_runs_on_one_table_one_is_refused_and_no_row_is_lost(
    tmp_path: Path, cli: Cli, process: Callable[..., subprocess.Popen[str]]
) -> None:
    first = picture(tmp_path / "000.png", SEVEN, TWO).read_bytes()
    names = [f"{n:03}.png" for n in range(60)]
    for name in names[1:]:
        (tmp_path / name).write_bytes(first)
    running = process("read", *names, "--csv", "out.csv")
    wait_for_rows(tmp_path / "out.csv", 5)
    outcome = cli("read", *names, "--csv", "out.csv", "--resume")
    assert (outcome.code, outcome.err.count("\n"), outcome.out) == (2, 1, "")
    assert f"'out.csv' is being written by process {running.pid} on " in outcome.err
    running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert essence(tmp_path / "out.csv") == [(name, "1", "72", "digit") for name in names]


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(("height", "unlike"), [(20.0, False), (500.0, True)])
def test_numbers_unlike_those_calibrated_on_are_said(cli: Cli, tmp_path: Path, height: float, unlike: bool) -> None:
    (tmp_path / "scans").mkdir()
    for number in range(6):
        picture(tmp_path / "scans" / f"{number}.png", SEVEN, TWO, ONE)
    spread = np.linspace(-1, 1, 2000)
    looks = np.column_stack([spread, spread, 3 + 2 * spread, spread + 1, height + 10 * spread, 2 + 2 * spread])
    numbers = NumberCalibration(("digits",), np.array([1.0]), 3.0, np.array([[0.5, 0.01, 0.9]]))
    numbers = replace(numbers, looks=summarize_looks(tuple(LOOKS), looks))
    storage.save(tmp_path / "reader.safetensors", replace(load_reader_model(), number_calibration=numbers))
    command = ("read", "scans", "--model", "reader.safetensors")
    outcome = cli(*command)
    assert outcome.code == 0
    said = outcome.err.count("the numbers read here do not look like those that the model was calibrated on")
    assert said == unlike
    assert ("(their height in pixels)" in outcome.err) == unlike
    as_json = cli(*command, "--json")
    assert as_json.err == outcome.err
    assert [page["unlike"] for page in as_json.json] == [[]] * 6, "one number of a page is too few to say so of it"
    assert cli(*command, "--quiet").err == ""
