from pathlib import Path

import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.reading import allowed_values
from mnist_nn.reading.allowed_values import check_allowed_values, fingerprint, read_allowed_values


def test_a_file_holds_one_value_a_line(tmp_path: Path) -> None:
    path = tmp_path / "values.txt"
    path.write_bytes(b"\xef\xbb\xbf007\r\n\r\n  12 \n7\t\n007\n\n12345")
    assert read_allowed_values(path) == ("007", "12", "7", "12345")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "'values.txt' is empty; give one allowed number per line, with digits only"),
        (b"\n  \n", "is empty"),
        (b"name\n12", "line 1 of 'values.txt' is 'name'; give one allowed number per line"),
        (b"12\n\n1 2", "line 3 of 'values.txt' is '1 2'"),
        (b"# all\n12", "line 1 of 'values.txt' is '# all'"),
        ("\N{ARABIC-INDIC DIGIT TWO}".encode(), "line 1"),
        (b"12\n" + b"1" * 101, r"line 2 of 'values.txt' is '1{39}…; .*, at most 100 of them"),
        (b"\xff\xfe1\x002\x00", "'values.txt' is not text in UTF-8"),
        (b"\n" * (16 * 2**20 + 1), "has more than 16 MiB"),
    ],
)
def test_a_file_with_anything_else_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("values.txt").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_allowed_values("values.txt")


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read 'no/such': No such file or directory; give a file with one"):
        read_allowed_values("no/such")
    with pytest.raises(ConfigError, match="Is a directory"):
        read_allowed_values(tmp_path)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "one_of is empty"),
        ("12", "one_of is '12'; give a sequence of strings"),
        (12, "one_of is 12; give a sequence of strings"),
        ([12], "one_of contains 12; give strings of digits"),
        (["1", ""], "one_of contains ''"),
        (["1", "-2"], "one_of contains '-2'"),
        (["1" * 101], "at most 100 of them"),
    ],
)
def test_values_that_cannot_be(values: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_allowed_values(values)  # type: ignore[arg-type]


def test_values_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowed_values, "MAX_VALUES", 3)
    monkeypatch.setattr(allowed_values, "MAX_DIGITS", 10)
    assert check_allowed_values(iter(["1", "2", "1", "3"])) == ("1", "2", "3")
    with pytest.raises(ConfigError, match="one_of has 4 values; give at most 3"):
        check_allowed_values(["1", "2", "3", "4"])
    with pytest.raises(ConfigError, match="the values of one_of have 11 digits in total; give at most 10"):
        check_allowed_values(["12345", "123456"])


def test_the_fingerprint_is_of_the_set() -> None:
    assert fingerprint(["1", "2", "2"]) == fingerprint(("2", "1"))
    assert fingerprint(["1", "2"]) != fingerprint(["12"])
    assert fingerprint(["01"]) != fingerprint(["1"])
