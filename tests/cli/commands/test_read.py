"""``read`` as a person meets it: pictures, standard input, options, mistakes; and a run that is stopped."""

import io
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from number_pictures import ONE, SEVEN, TWO, essence, picture, rows
from patience import PATIENCE, wait_for
from PIL import Image

from mnist_nn.model_file import storage
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
    assert outcome.err.startswith("mnist-nn: there is no standard input; name a file")


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
        (("--pixel-limit", "0"), "--pixel-limit is 0"),
        (("--page-limit", "0"), "--page-limit is 0"),
        (("--model", "missing"), "missing"),
        (("--resume",), "--csv FILE"),
        (("--force",), "--force has no effect without --csv FILE or --explain DIR; leave it out"),
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
