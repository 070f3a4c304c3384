import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn import Model, Network, Predictor, load_data, save_model

Cli = Callable[..., Any]


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    path = tmp_path / "seven [1].png"
    Image.fromarray(load_data("mnist").test.images[0]).save(path)
    return path


def test_predict_names_the_digit(cli: Cli, model: Path, digit: Path) -> None:
    assert "seven [1].png" in cli("predict", model, digit).out
    (row,) = cli("predict", model, digit, "--json").json
    assert row["class"] == 7
    assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_predict_loses_nothing_to_a_bad_picture(cli: Cli, model: Path, digit: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    Image.new("L", (200, 200)).save(tmp_path / "large.png")
    outcome = cli("predict", model, tmp_path / "text.png", digit, tmp_path / "large.png", "missing.png", "--json")
    assert outcome.code == 2
    assert [row.get("class") for row in outcome.json] == [None, 7, None, None]
    assert "200×200" in outcome.err
    assert "damaged" not in outcome.err
    assert outcome.err.count("\n") == 3


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "I;16"])
def test_predict_reads_every_kind_of_pixel(cli: Cli, model: Path, tmp_path: Path, mode: str) -> None:
    pixels = load_data("mnist").test.images[0]
    image = Image.fromarray(pixels)
    image = Image.fromarray(pixels.astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    image.save(tmp_path / "digit.png")
    assert cli("predict", model, tmp_path / "digit.png", "--json").json[0]["class"] == 7


def test_a_blank_picture_is_nothing_there(cli: Cli, model: Path, tmp_path: Path) -> None:
    Image.new("L", (28, 28)).save(tmp_path / "blank.png")
    assert "nothing there" in cli("predict", model, "blank.png").out
    assert cli("predict", model, "blank.png", "--json").json[0]["class"] is None


def test_dark_ink_on_light_is_the_same_digit_and_is_said(cli: Cli, model: Path, digit: Path, tmp_path: Path) -> None:
    dark = tmp_path / "dark.png"
    Image.fromarray(255 - load_data("mnist").test.images[0]).save(dark)
    light_row, dark_row = cli("predict", model, digit, dark, "--json").json
    assert (light_row["inverted"], dark_row["inverted"]) == (False, True)
    assert dark_row["class"] == light_row["class"] == 7
    assert dark_row["probabilities"] == light_row["probabilities"]
    assert cli("predict", model, digit, dark).out.endswith(
        f"These were dark on light and were inverted first: {dark}\n"
    )
    assert "inverted" not in cli("predict", model, digit).out


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_picture_of_any_grey_is_nothing_there(cli: Cli, model: Path, tmp_path: Path, grey: int) -> None:
    Image.new("L", (28, 28), grey).save(tmp_path / "empty.png")
    assert cli("predict", model, "empty.png", "--json").json[0]["class"] is None


def test_a_network_of_other_pictures_gets_them_as_they_lie(cli: Cli, tmp_path: Path) -> None:
    picture = 255 - load_data("mnist").test.images[0]
    Image.fromarray(picture).save(tmp_path / "dark.png")
    network = Network.create(seed=1)
    path = save_model(tmp_path / "other", Model(network, data={"name": "scans", "sha256": "0"}))
    (row,) = cli("predict", path, "dark.png", "--json").json
    assert not row["inverted"]
    assert row["probabilities"] == pytest.approx(Predictor(network)(picture).probabilities.tolist(), rel=1e-4)


# Whole data sets


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    """Tables as Kaggle's digit-recognizer has them."""
    digits = load_data("mnist")
    folder = tmp_path / "digit-recognizer"
    folder.mkdir()
    pixels = [f"pixel{n}" for n in range(784)]
    for name, header, rows in (
        ("train.csv", ["label", *pixels], np.c_[digits.train.labels, digits.train.images.reshape(-1, 784)][:400]),
        ("test.csv", pixels, digits.test.images.reshape(-1, 784)[:1200]),
    ):
        np.savetxt(folder / name, rows, fmt="%d", delimiter=",", header=",".join(header), comments="")
    return folder


@pytest.mark.slow
def test_the_round_trip_of_kaggle(cli: Cli, kaggle: Path) -> None:
    quick = ("--epochs", 2, "--engine", "reference", "--model", "digits", "--quiet")
    assert cli("train", "--data", kaggle, *quick).code == 0
    outcome = cli("predict", "digits", kaggle, "--csv", "submission.csv", "--kaggle")
    assert outcome.code == 0
    assert "Wrote 1,200 rows" in outcome.err
    rows = Path("submission.csv").read_text().splitlines()
    assert rows[0] == "ImageId,Label"
    assert [row.split(",")[0] for row in rows[1:]] == [str(n) for n in range(1, 1201)]
    answers = [int(row.split(",")[1]) for row in rows[1:]]
    assert np.mean(load_data("mnist").test.labels[:1200] == answers) > 0.5


def test_a_table_that_was_stopped_is_continued_to_the_same_rows(cli: Cli, model: Path, kaggle: Path) -> None:
    assert cli("predict", model, kaggle / "test.csv", "--csv", "out.csv").code == 0
    whole = Path("out.csv").read_bytes()
    assert whole.startswith(b"image,class,confidence\r\n1,7,0.")
    Path("out.csv").write_bytes(whole[: len(whole) * 2 // 3])
    assert cli("predict", model, kaggle / "test.csv", "--csv", "out.csv").code == 2
    outcome = cli("predict", model, kaggle / "test.csv", "--csv", "out.csv", "--resume")
    assert Path("out.csv").read_bytes() == whole
    found = re.fullmatch(r"Wrote 1,200 rows to out.csv, (\d+) of them in an earlier run.\n", outcome.err)
    assert found
    assert 700 < int(found[1]) < 900


def test_parquet_has_the_same_answers_and_is_never_half(cli: Cli, model: Path, kaggle: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the extra 'parquet'")
    data = kaggle / "test.csv"
    assert cli("predict", model, data, "--csv", "out.csv").code == 0
    outcome = cli("predict", model, data, "--parquet", "out.parquet")
    assert (outcome.code, outcome.err) == (0, "Wrote 1,200 rows to out.parquet.\n")
    table = parquet.read_table("out.parquet")
    rows = [row.split(",") for row in Path("out.csv").read_text().splitlines()]
    assert table.column_names == rows[0]
    found = zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True)
    assert [[str(i), str(label), f"{sure:.4f}"] for i, label, sure in found] == rows[1:]
    assert cli("predict", model, data, "--parquet", "out.parquet").code == 2
    again = cli("predict", model, data, "--parquet", "out.parquet", "--resume")
    assert (again.code, again.err) == (0, "out.parquet is complete: 1,200 rows.\n")


def test_labels_give_an_accuracy_and_pictures_their_names(cli: Cli, model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine" / "7").mkdir(parents=True)
    Image.fromarray(load_data("mnist").test.images[0]).save(tmp_path / "mine" / "7" / "=a.png")
    assert (
        "Of the 1 images with a label, 100.00 % are classified correctly."
        in cli("predict", model, "mine", "--csv", "out.csv").err
    )
    assert Path("out.csv").read_text().splitlines()[1].startswith("mine/7/=a.png,7,")


def test_options_of_tables_need_one(cli: Cli, model: Path, digit: Path) -> None:
    assert "--kaggle has no effect without --csv FILE" in cli("predict", model, digit, "--kaggle").err
    for given, said in (
        (("--resume",), "--resume has no effect without --csv FILE, --parquet FILE or --out FOLDER"),
        (("--csv", "a.csv", "--parquet", "a.parquet"), "were both given"),
        (("--parquet", "a.parquet", "--kaggle"), "because Kaggle takes CSV"),
        (("--csv", "a.parquet"), "--csv writes CSV; write Parquet with --parquet FILE"),
        (("--parquet", "a.csv"), "does not end in .parquet"),
        (("--parquet", "a.parquet", "--json"), "--json has no effect with --parquet"),
        (("--parquet", "a.parquet"), "seven"),
    ):
        outcome = cli("predict", model, digit, *given)
        assert outcome.code == 2, outcome.err
        assert said in outcome.err
        assert outcome.err.count("\n") == 1
    assert "--json has no effect with --csv" in cli("predict", model, digit, "--csv", "a.csv", "--json").err
    assert "2 data sets were given; with --csv, give one" in cli("predict", model, digit, digit, "--csv", "a.csv").err
