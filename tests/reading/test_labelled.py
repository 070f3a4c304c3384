"""Tables of labelled pictures: what is taken of them, what is refused with its line, and how answers are compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from small_sequence_networks import draw_page

from mnist_nn import Dataset
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.reading.labelled import load_labelled, mark_right, read_labelled
from mnist_nn.reading.reader_model import load_reader_model


def write(folder: Path, text: str, *pictures: str) -> Path:
    for name in pictures:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "labels.csv").write_text(text)
    return folder / "labels.csv"


def test_pictures_are_beside_the_table_and_units_are_writers(tmp_path: Path) -> None:
    text = "Writer;picture;note;answer\nanna;a.png;x;12 7\nben;sub/b.png;;-\n\nanna;c.png;; 007 \n"
    table = load_labelled(write(tmp_path, text, "a.png", "sub/b.png", "c.png"))
    assert (table.kind, table.units) == ("writer", 2)
    first, second, third = table.pictures
    assert (first.line, first.picture, first.answers, first.unit) == (2, tmp_path / "a.png", ("12", "7"), "anna")
    assert (second.answers, third.answers, third.line) == ((), ("007",), 5)


def test_without_writers_or_pages_each_picture_is_by_itself(tmp_path: Path) -> None:
    path = write(tmp_path, "picture,answer\na.png,12 7\nb.png,3\n", "a.png", "b.png")
    table = load_labelled(path, field=True)
    assert (table.kind, table.units) == ("picture", 2)
    assert table.pictures[0].answers == ("127",), "blanks in a field part no numbers"
    pages = write(tmp_path, "picture,answer,page\na.png,12,4\nb.png,3,4\n", "a.png", "b.png")
    assert (load_labelled(pages).kind, load_labelled(pages).units) == ("page", 1)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("missing.png,1,anna", "line 3: there is no picture 'missing.png' beside the table"),
        (",1,anna", "line 3: there is no picture '' beside the table"),
        (
            "b.png,seven,anna",
            "line 3: the answer 'seven' contains something other than digits; enter the right numbers, or - if",
        ),
        ("b.png,1.5,anna", "line 3: the answer '1.5' contains something other than digits"),
        ("b.png,１,anna", "line 3: the answer '１' contains something other than digits"),
        ("b.png,,anna", "line 3: its answer is empty"),
        ("b.png,1,", "line 3: its writer is empty"),
        (f"{'a' * 5000},1,anna", f"line 3: there is no picture '{'a' * 39}… beside the table"),
        ("./a.png,1,anna", "line 3: './a.png' is already in line 2"),
        ("b.png,1", "line 3: it has 2 cells, not 3"),
    ],
)
def test_rows_that_cannot_be_used_are_named(tmp_path: Path, row: str, fault: str) -> None:
    path = write(tmp_path, f"picture,answer,writer\na.png,12,anna\n{row}\n", "a.png", "b.png")
    with pytest.raises(DataError) as caught:
        load_labelled(path)
    assert fault in str(caught.value)
    assert str(caught.value).startswith(f"1 of 2 rows of {str(path)!r} cannot be used; correct or remove them: ")


def test_many_faults_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"no{number}.png,1\n" for number in range(9))
    with pytest.raises(DataError, match=r"9 of 9 rows .* line 6: .*; and 4 more$"):
        load_labelled(write(tmp_path, f"picture,answer\n{rows}"))


@pytest.mark.parametrize("text", ["", "file,answer\na.png,1\n", "picture,right\na.png,1\n", "picture,picture,answer\n"])
def test_missing_columns_are_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"needs exactly one column '(picture|answer)', but its columns are .*; give a"
    ):
        load_labelled(write(tmp_path, text, "a.png"))


def test_what_a_table_holds_fills_no_message(tmp_path: Path) -> None:
    for text in (f"{'a' * 9000},b\n", f"picture,answer\n{'a' * 200},1\n", f"picture,answer\na.png,{'a' * 9000}\n"):
        with pytest.raises((ConfigError, DataError)) as caught:
            load_labelled(write(tmp_path, text, "a.png"))
        assert len(str(caught.value)) < 700


def test_a_table_without_rows_and_one_that_is_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no rows"):
        load_labelled(write(tmp_path, "picture,answer\n"))
    with pytest.raises(ConfigError, match="cannot read"):
        load_labelled(tmp_path / "none.csv")


@given(st.lists(st.sampled_from("123"), max_size=8), st.lists(st.sampled_from("123"), max_size=8))
def test_what_is_marked_right_is_a_part_of_the_answers_in_their_order(read: list[str], answers: list[str]) -> None:
    marked = mark_right(read, answers)
    rest = iter(answers)
    assert all(text in rest for text, right in zip(read, marked, strict=True) if right)
    assert all(mark_right(read, read))
    assert not any(mark_right(read, []))


def test_pictures_are_read_and_compared(mnist: Dataset, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(3):
        page = draw_page(mnist.test.images[3 * number : 3 * number + 3])
        Image.fromarray(page).save(tmp_path / f"{number}.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    texts = ["".join(map(str, mnist.test.labels[3 * n : 3 * n + 3])) for n in range(3)]
    rows = f"0.png,{texts[0]},anna\n1.png,999,ben\nbad.png,1,ben\n2.png,{texts[2]},anna\n"
    table = load_labelled(write(tmp_path, f"picture,answer,writer\n{rows}"))
    answers = read_labelled(load_reader_model(), table.pictures, field=True)
    assert answers.groups == ("anna", "ben", "anna")
    assert answers.right.tolist() == [True, False, True]
    assert np.isfinite(answers.looks).all()
    assert "line 4 is left out: " in caplog.text
    with pytest.raises(ConfigError, match="mnist-nn calibrate MODEL"):
        read_labelled(replace(load_reader_model(), calibration=None), table.pictures)
