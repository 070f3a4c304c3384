"""From what a user names to picture files: order, folders in folders, links, and what cannot be listed."""

import os
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mnist_nn.imaging import Found, find_pictures
from mnist_nn.imaging.load.folders import SUFFIXES


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def found(*paths: str | os.PathLike[str]) -> list[str]:
    """What is found where nothing stands in the way."""
    every = list(find_pictures(paths))
    assert [one for one in every if one.error] == []
    return [one.file for one in every]


def below(folder: Path) -> list[str]:
    return [os.path.relpath(file, folder) for file in found(folder)]


def errors(*paths: Path) -> list[tuple[str, str]]:
    """What stands in the way."""
    return [(file, str(error)) for file, error in find_pictures(paths) if error is not None]


def test_files_are_taken_as_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "b.txt", "a.png", ".hidden")
    named = ["b.txt", "-", "./a.png", ".hidden", "nothing", "b.txt", Path("a.png")]
    assert found(*named) == ["b.txt", "-", "./a.png", ".hidden", "nothing", "b.txt", "a.png"]


def test_a_folder_is_sorted_as_people_do(tmp_path: Path) -> None:
    names = ["a/1.png", "a/02.png", "a/2.png", "a/10.png", "a/B.png", "a/c.png", "b9/x.png", "b10.png", "ä.png"]
    make(tmp_path, *reversed(names))
    assert below(tmp_path) == names


def test_only_pictures_are_taken_from_a_folder(tmp_path: Path) -> None:
    make(
        tmp_path, *(f"x{suffix}" for suffix in SUFFIXES), "SCAN.TIF", "notes.txt", "png", ".a.png", ".git/b.png", "c.d"
    )
    assert sorted(below(tmp_path)) == sorted(["SCAN.TIF", *(f"x{suffix}" for suffix in SUFFIXES)])


def test_a_folder_with_the_name_of_a_picture_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "photos.png/a.png")
    assert below(tmp_path) == ["photos.png/a.png"]


def test_names_are_kept_whatever_is_in_them(tmp_path: Path) -> None:
    make(tmp_path, "in/two\nlines.png", os.fsdecode(b"in/\xff.png"))
    assert set(below(tmp_path)) == {"in/two\nlines.png", os.fsdecode(b"in/\xff.png")}


def test_a_folder_without_pictures_is_said_to_have_none(tmp_path: Path) -> None:
    make(tmp_path, "empty/deeper/notes.txt", "full/empty/notes.txt", "full/a.png")
    assert errors(tmp_path / "empty", tmp_path / "full") == [
        (
            str(tmp_path / "empty"),
            f"{str(tmp_path / 'empty')!r} contains no pictures; give another folder, or the name of a picture",
        )
    ]


def test_what_is_named_itself_is_not_found_again_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "a/1.png", "a/b/2.png", "a/b/3.png", "c/4.png", "d/e/5.png")
    assert found("a", "a/b/3.png") == ["a/1.png", "a/b/2.png", "a/b/3.png"]
    assert found("a/b", "a") == ["a/b/2.png", "a/b/3.png", "a/1.png"]
    assert found("c/4.png", "c", "d", "d/e") == ["c/4.png", "d/e/5.png"]
    assert found("a", "./a/1.png") == ["a/1.png", "a/b/2.png", "a/b/3.png", "./a/1.png"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    make(tmp_path, "top/a/1.png", "top/b/2.png", "elsewhere/3.png")
    (tmp_path / "top/a/back").symlink_to("../../top")
    (tmp_path / "top/a/self").symlink_to(".")
    (tmp_path / "top/b/elsewhere").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "top/c").symlink_to("b")  # another way to b, but no circle
    (tmp_path / "top/4.png").symlink_to("a/1.png")
    top = tmp_path / "top"
    every = list(find_pictures([top]))
    assert [os.path.relpath(one.file, top) for one in every] == [
        *["4.png", "a/1.png", "a/back", "a/self", "b/2.png", "b/elsewhere/3.png", "c/2.png", "c/elsewhere/3.png"],
    ]
    assert errors(top) == [
        (f"{top}/a/back", f"'{top}/a/back' is a link to '{top}', the folder that contains it; remove the link"),
        (f"{top}/a/self", f"'{top}/a/self' is a link to '{top}/a', the folder that contains it; remove the link"),
    ]


def test_links_that_lead_nowhere_are_left_to_the_reader(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    (tmp_path / "b.png").symlink_to("gone.png")
    (tmp_path / "c.png").symlink_to("c.png")
    (tmp_path / "d").symlink_to("d")
    assert below(tmp_path) == ["a.png", "b.png", "c.png"]


def test_what_may_not_be_listed_is_a_row_of_its_own(
    open_folder: Path, ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    make(open_folder, "a/1.png", "locked/2.png", "z/3.png")
    (open_folder / "locked").chmod(0)
    with ordinary_user():
        every = [*find_pictures([open_folder]), *find_pictures([open_folder / "locked"])]
    (open_folder / "locked").chmod(0o777)
    assert [os.path.relpath(one.file, open_folder) for one in every] == ["a/1.png", "locked", "z/3.png", "locked"]
    for one in (every[1], every[3]):
        assert f"cannot read '{open_folder}/locked': Permission denied; change its permissions" in str(one.error)


def test_names_in_errors_stay_on_their_line(tmp_path: Path) -> None:
    (tmp_path / "two\nlines").mkdir()
    ((_, error),) = errors(tmp_path / "two\nlines")
    assert error.isprintable()


def test_folders_nest_deeper_than_calls(tmp_path: Path) -> None:
    folders = [tmp_path]
    while len(folders) < 1100:
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    make(folders[-1], "a.png")
    try:
        assert below(tmp_path) == ["d/" * 1099 + "a.png"]
    finally:  # pytest's own way to remove them nests as deep
        (folders[-1] / "a.png").unlink()
        for folder in reversed(folders[1:]):
            folder.rmdir()


def test_nothing_is_listed_before_its_turn(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png", "b/2.png")
    finding = find_pictures([tmp_path])
    assert next(finding) == Found(str(tmp_path / "a/1.png"))
    make(tmp_path, "b/3.png")
    assert [one.file for one in finding] == [str(tmp_path / "b/2.png"), str(tmp_path / "b/3.png")]


def test_memory_does_not_grow_with_the_number_of_folders(tmp_path: Path) -> None:
    for folder in range(40):
        make(tmp_path, *(f"{folder}/{number}.png" for number in range(25)))
    peaks = []
    for top in (tmp_path / "0", tmp_path):
        tracemalloc.start()
        assert sum(1 for _ in find_pictures([top])) in {25, 1000}
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 4 * peaks[0]
