"""The bar is drawn in a terminal for more than one file, and files are not counted for nothing."""

import pytest

from mnist_nn.cli.common import terminal
from mnist_nn.cli.read.progress import show_progress


def never() -> int:
    raise AssertionError("files were counted that nobody sees")


@pytest.mark.parametrize(("can_draw", "quiet"), [(False, False), (True, True)])
def test_where_nobody_sees_a_bar_nothing_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], can_draw: bool, quiet: bool
) -> None:
    monkeypatch.setattr(terminal, "can_draw", lambda: can_draw)
    with show_progress(never, quiet=quiet) as advance:
        advance()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("files", "drawn"), [(1, False), (3, True)])
def test_a_bar_counts_the_files_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], files: int, drawn: bool
) -> None:
    monkeypatch.setattr(terminal, "can_draw", lambda: True)
    with show_progress(lambda: files, quiet=False) as advance:
        for _ in range(files):
            advance()
    out, err = capsys.readouterr()
    assert out == ""
    assert ("3/3" in err) == drawn
