"""A table is continued with the settings that it was begun with, and with no others."""

import dataclasses
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from number_pictures import EXPECTED, SEVEN, essence, picture
from patience import PATIENCE

from mnist_nn.model_file import storage
from mnist_nn.reading.reader_model import load_reader_model, reader_model_bytes

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--length", "2"), "--length not given (now 2)"),
        (("--checksum", "luhn"), "--checksum none (now luhn)"),
        (("--field",), "--field not given (now given)"),
        (("--pattern", "7?"), "--pattern not given (now 7?)"),
        (("--one-of", "list.txt"), "--one-of not given (now 2 values with SHA-256 "),
        (("--max-error", "0.02"), "--max-error not given (now 0.02)"),
        (("--max-error-per-digit", "0.02"), "--max-error-per-digit not given (now 0.02)"),
        (("--page-limit", "7"), "--page-limit 200 (now 7)"),
        (("--model", "other.safetensors"), "the model with SHA-256 "),
    ],
)
def test_a_table_does_not_go_on_with_other_settings(
    cli: Cli, folder: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    model = load_reader_model()
    (tmp_path / "list.txt").write_text("721\n72\n")
    storage.save(tmp_path / "other.safetensors", dataclasses.replace(model, data={**model.data, "name": "other"}))
    cli("read", folder, "--csv", "out.csv")
    whole = (tmp_path / "out.csv").read_bytes()
    kept = json.loads((tmp_path / "out.csv.settings.json").read_text())
    assert kept["model_sha256"] == hashlib.sha256(reader_model_bytes()).hexdigest()
    (tmp_path / "out.csv").write_bytes(whole[: len(whole) // 2])
    outcome = cli("read", folder, "--csv", "out.csv", "--resume", *options)
    assert (outcome.code, outcome.out) == (2, "")
    line = outcome.err.splitlines()[-1]
    assert f"'out.csv' was written with {said}" in line
    assert "To skip this check, delete 'out.csv.settings.json'" in line
    assert (tmp_path / "out.csv").read_bytes() == whole[: len(whole) // 2]
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert (tmp_path / "out.csv").read_bytes() == whole


def test_a_list_of_values_is_told_by_what_is_in_it(cli: Cli, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", SEVEN)
    for name, content in (("list.txt", "7\n2\n"), ("moved.txt", "2\n\n 7\n"), ("other.txt", "72\n")):
        (tmp_path / name).write_text(content)
    cli("read", path, "--csv", "out.csv", "--one-of", "list.txt")
    assert cli("read", path, "--csv", "out.csv", "--resume", "--one-of", "moved.txt").code == 0
    outcome = cli("read", path, "--csv", "out.csv", "--resume", "--one-of", "other.txt")
    assert outcome.code == 2
    assert "was written with --one-of 2 values with SHA-256 " in outcome.err


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
    assert "cannot check that 'out.csv' was written with the same settings" in outcome.err
    assert not (tmp_path / "out.csv.settings.json").exists(), "they would be a guess"


def test_a_file_of_settings_that_is_somebody_elses_stays(cli: Cli, folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "out.csv.settings.json"
    mine.write_text("mine")
    outcome = cli("read", folder, "--csv", "out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "does not contain the settings of a table" in outcome.err
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
