"""The processes that decode: one is kept and used again, one that a file has ended is replaced, none is left behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psutil
import pytest
from hostile_files import nested_forms, tiling_pattern
from patience import PATIENCE, wait_for
from picture_files import SLOPE, saved
from PIL import Image

from mnist_nn.errors import ImageError, MnistNNError
from mnist_nn.imaging import read_pages
from mnist_nn.imaging.load.child import pool as pools
from mnist_nn.imaging.load.child.budget import Budget
from mnist_nn.imaging.load.child.pool import Pool
from mnist_nn.imaging.load.child.process import Patience

BUDGET = Budget(10.0, 600_000_000)
LONG = Budget(10_000.0, 600_000_000)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.fromarray(SLOPE).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def decode(pool: Pool, path: Path, budget: Budget = BUDGET, page_limit: int = 9) -> list[Any]:
    with path.open("rb") as file:
        arguments = {"name": path.name, "pixel_limit": 64_000_000, "page_limit": page_limit}
        return list(pool.decode("pages", file, budget, arguments))


class GivenUpError(Exception):
    """Raised where a file that takes long is not waited for."""


def test_a_file_that_takes_long_is_said_to_and_may_be_given_up(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "long.pdf").write_bytes(tiling_pattern())
    asked = []

    @contextmanager
    def give_up() -> Iterator[None]:
        asked.append(True)
        raise GivenUpError
        yield

    pool = Pool(Patience(2.0, give_up))
    decode(pool, picture)
    assert not asked
    with pytest.raises(GivenUpError):
        decode(pool, tmp_path / "long.pdf", LONG)
    assert processes(pool) == [], "its process is ended"
    decode(pool, picture)
    pool.close()


def test_a_process_that_took_long_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "long.pdf").write_bytes(nested_forms(6))
    pool = Pool(Patience(0.0, nullcontext))
    assert len(decode(pool, tmp_path / "long.pdf", LONG)) == 1
    assert processes(pool) == []
    pool.close()


def processes(pool: Pool) -> list[int]:
    return [decoder._process.pid for decoder in (*pool._idle, *pool._busy)]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_one_process_decodes_file_after_file(pool: Pool, picture: Path) -> None:
    used = set()
    for _ in range(20):
        assert (decode(pool, picture)[0] == SLOPE).all()
        used |= {*processes(pool)}
    assert len(used) == 1


def test_one_that_is_warm_is_used(pool: Pool, picture: Path) -> None:
    pool.warm_up()
    pool.warm_up()
    (warm,) = processes(pool)
    decode(pool, picture)
    assert processes(pool) == [warm]


def test_files_that_are_no_good_leave_it_as_it_is(pool: Pool, picture: Path, tmp_path: Path) -> None:
    decode(pool, picture)
    before = processes(pool)
    (tmp_path / "text").write_text("no picture")
    with pytest.raises(ImageError, match="is text"):
        decode(pool, tmp_path / "text")
    (tmp_path / "half.png").write_bytes(picture.read_bytes()[:100])
    assert "damaged" in str(decode(pool, tmp_path / "half.png")[0])
    assert processes(pool) == before


def test_who_wants_no_more_pages_leaves_it_as_it_is(pool: Pool, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(
        saved(Image.fromarray(SLOPE), "TIFF", save_all=True, append_images=[Image.fromarray(SLOPE)] * 3).getvalue()
    )
    with (tmp_path / "a.tif").open("rb") as file:
        pages = pool.decode("pages", file, BUDGET, {"name": "a.tif", "pixel_limit": 10**6, "page_limit": 9})
        next(pages)
        before = processes(pool)
        pages.close()
    assert len(decode(pool, picture)) == 1
    assert processes(pool) == before


def test_who_ask_at_once_have_a_process_each_and_few_are_kept(pool: Pool, picture: Path) -> None:
    running = []
    for _ in range(pools.KEPT + 2):
        file = picture.open("rb")
        pages = pool.decode("pages", file, BUDGET, {"name": "a.png", "pixel_limit": 10**6, "page_limit": 9})
        assert (next(pages) == SLOPE).all()
        running.append((file, pages))
    assert len(set(processes(pool))) == len(running)
    for file, pages in running:
        pages.close()
        file.close()
    assert len(processes(pool)) == pools.KEPT


def test_one_that_a_file_has_ended_is_replaced(pool: Pool, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "tiles.pdf").write_bytes(tiling_pattern())
    (found,) = decode(pool, tmp_path / "tiles.pdf", Budget(0.5, 600_000_000))
    assert isinstance(found, ImageError)
    assert str(found).startswith("tiles.pdf takes more than 0.5 seconds of processor time to decode; ")
    assert processes(pool) == []
    assert (decode(pool, picture)[0] == SLOPE).all()


def test_one_is_replaced_after_many_files(pool: Pool, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "FILES_EACH", 2)
    decode(pool, picture)
    assert len(processes(pool)) == 1
    decode(pool, picture)
    assert processes(pool) == []


def test_one_that_the_system_ended_while_it_waited_is_replaced(pool: Pool, picture: Path) -> None:
    decode(pool, picture)
    (waiting,) = processes(pool)
    psutil.Process(waiting).kill()
    wait_for(lambda: not pool._idle[0].is_alive, "it does not end")
    assert (decode(pool, picture)[0] == SLOPE).all()


def test_closing_tells_who_waits(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "tiles.pdf").write_bytes(tiling_pattern())
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.extend(decode(pool, tmp_path / "tiles.pdf", LONG)))
    waiting.start()
    wait_for(lambda: pool._busy, "it does not begin")
    pool.close()
    waiting.join(PATIENCE)
    assert [str(error) for error in found] == ["reading was stopped"]
    assert processes(pool) == []
    with pytest.raises(ImageError, match="stopped"):
        decode(pool, tmp_path / "tiles.pdf")


def test_none_is_started_where_the_system_allows_no_more(
    pool: Pool, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(
        ImageError, match=r"a\.png cannot be decoded because no process can be started for it: No such file"
    ):
        decode(pool, picture)


def test_one_that_cannot_work_says_why(
    pool: Pool, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken" / "mnist_nn").mkdir(parents=True)
    (tmp_path / "broken" / "mnist_nn" / "__init__.py").write_text("import no_such_module")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "broken")])
    with pytest.raises(RuntimeError, match=r"a\.png ended unexpectedly: .*(ModuleNotFoundError|No module named)"):
        decode(pool, picture)


FORK = """
import os, sys
from mnist_nn.imaging import read_pages
before = [page.pixels.sum() for page in read_pages(sys.argv[1])]
pages = read_pages(sys.argv[1])
next(pages)
if os.fork() == 0:
    del pages
    assert [page.pixels.sum() for page in read_pages(sys.argv[1])] == before
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert list(pages) == []
assert [page.pixels.sum() for page in read_pages(sys.argv[1])] == before
"""


def test_a_process_that_was_forked_off_has_its_own(picture: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", FORK, picture]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (ran.returncode, ran.stderr) == (0, "")


STUCK = """
import sys
from mnist_nn.imaging import read_pages
print(flush=True)
list(read_pages(sys.argv[1], decode_seconds=10_000))
"""


@pytest.mark.parametrize("how", ["kill", "terminate", "interrupt"])
def test_no_process_outlives_the_one_that_asked(tmp_path: Path, how: str) -> None:
    (tmp_path / "tiles.pdf").write_bytes(tiling_pattern())
    with subprocess.Popen(
        [sys.executable, "-c", STUCK, tmp_path / "tiles.pdf"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asking:
        process = psutil.Process(asking.pid)
        (decoder,) = wait_for(process.children, "it starts no process")
        wait_for(lambda: decoder.cpu_times().user > 0.5, "it does not decode")
        asking.send_signal({"kill": 9, "terminate": 15, "interrupt": 2}[how])
        assert asking.wait(PATIENCE) != 0
    wait_for(lambda: not decoder.is_running() or decoder.status() == psutil.STATUS_ZOMBIE, "it is left behind")


def test_a_program_that_ends_leaves_nothing_and_says_nothing(picture: Path) -> None:
    code = f"from mnist_nn.imaging import read_pages\nnext(read_pages({str(picture)!r}))\nimport psutil\n"
    code += "print(*(child.pid for child in psutil.Process().children()))"
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert ran.stderr == ""
    assert len(ran.stdout.split()) == 1
    assert not psutil.pid_exists(int(ran.stdout))


def test_reading_leaves_no_files_open(picture: Path) -> None:
    list(read_pages(picture))
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the number of them
    for _ in range(5):
        list(read_pages(picture))
        with pytest.raises(MnistNNError):
            list(read_pages(saved(Image.fromarray(SLOPE), "PNG"), pixel_limit=1))
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - likewise
