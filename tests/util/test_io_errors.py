"""What the system refuses becomes one line: what was tried, the path, why not, how to mend it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_nn.errors import ConfigError, DataError, MnistNNError, ModelFileError
from mnist_nn.util.io_errors import describe_io_error, explain_io_errors, reason_of


@pytest.mark.parametrize("kind", [ConfigError, DataError, ModelFileError])
def test_the_line_says_what_was_tried_with_what_why_not_and_how_to_mend_it(
    tmp_path: Path, kind: type[MnistNNError]
) -> None:
    path = tmp_path / "no" / "file"
    with pytest.raises(kind) as caught, explain_io_errors(kind, "write", path, "make the folder first"):
        path.write_text("")
    assert str(caught.value) == f"cannot write {str(path)!r}: No such file or directory; make the folder first"
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_name_that_cannot_be_one_is_refused_like_any_other(name: str) -> None:
    with pytest.raises(DataError, match="cannot read"), explain_io_errors(DataError, "read", name, "check the name"):
        open(name, "rb").close()  # noqa: PTH123 - nothing is opened


def test_names_stay_on_their_line() -> None:
    text = describe_io_error("read", "two\nlines", PermissionError(13, "Permission denied"), "ask")
    assert text.isprintable()
    assert describe_io_error("read", b"caf\xe9", OSError("odd"), "ask") == "cannot read b'caf\\xe9': odd; ask"


def _raise(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    "error", [ConfigError("ours"), ModelFileError("ours, and an OSError"), KeyError("a fault of the program")]
)
def test_errors_of_ours_and_faults_pass_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, explain_io_errors(DataError, "read", "file", "ask"):
        _raise(error)
    assert caught.value is error


def test_nothing_is_made_of_nothing() -> None:
    done: list[Callable[[], None]] = []
    with explain_io_errors(DataError, "read", "file", "ask"):
        done.append(lambda: None)
    assert len(done) == 1


def test_a_reason_has_neither_number_nor_path() -> None:
    assert reason_of(PermissionError(13, "Permission denied", "secret/path")) == "Permission denied"
    assert reason_of(OSError("broken data stream")) == "broken data stream"


def test_a_value_error_of_ours_is_not_blamed_on_the_system() -> None:
    with pytest.raises(ValueError, match="not a number"), explain_io_errors(DataError, "read", "a.txt", "check it"):
        raise ValueError("not a number")
