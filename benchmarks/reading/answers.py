"""What the reader says to each picture, asked in processes of their own, one on each core, picture after picture."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, repeat
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from benchmarks.reading import canvases, nondigits, pages
from benchmarks.reading.score import PageScore, score
from benchmarks.reading.styles import STYLES
from mnist_nn.data import Samples, load

WORKERS = 2
CHUNK = 250  # pictures that a worker is given at a time
FEW = 20  # pictures that are sent to a worker together, so that both have work while more are drawn
MAX_ERROR = 0.01  # unless something else is asked for
TWO_DIGITS = "two digits"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

Reader = Callable[[npt.NDArray[np.uint8]], Any]
Task = Callable[[str, Sequence[int], int, float], list[Any]]


@dataclass(frozen=True)
class Answer:
    """The reader's answer to one picture.

    ``text`` has all numbers it saw, with spaces between; ``accepted`` those whose decision is "digit".
    """

    text: str
    accepted: str


class Pool:
    """Two processes, each with a reader of its own; each asks it for one picture at a time.

    ``model`` is a model file, or None for the reader model that the package ships.
    """

    def __init__(self, model: Path | None, seed: int) -> None:
        self.seed = seed
        before = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(ONE_THREAD)  # inherited by the workers, which import NumPy anew
        self._pool = ProcessPoolExecutor(
            WORKERS, multiprocessing.get_context("spawn"), initializer=_start, initargs=(model,)
        )
        self._before = before

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        for name, value in self._before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

    def canvases(self, variant: str, numbers: Sequence[int], max_error: float = MAX_ERROR) -> list[Answer]:
        """Read the test digits with these indices in one variant; the limit on errors is per digit."""
        return list(self._each(_canvases, variant, numbers, CHUNK, max_error))

    def nondigits(self, kind: str, count: int, max_error: float = MAX_ERROR) -> list[Answer]:
        """Read pictures of one kind of what is no digit; the limit is for digits."""
        return list(self._each(_nondigits, kind, range(count), CHUNK, max_error))

    def pages(self, style: str, count: int, max_error: float = MAX_ERROR) -> list[PageScore]:
        """Read pages of one style and compare with what is written there."""
        return list(self._each(_pages, style, range(count), 4, max_error))

    def pictures(
        self,
        pictures: Iterable[npt.NDArray[np.uint8]],
        *,
        field: bool = False,
        digits: bool = False,
        max_error: float = MAX_ERROR,
    ) -> list[Answer]:
        """Read any pictures; each has one number if it is a ``field``. The limit is for numbers, or for ``digits``."""
        rest = iter(pictures)
        some = iter(lambda: list(islice(rest, FEW)), [])
        return list(
            chain.from_iterable(self._pool.map(_pictures, some, repeat(field), repeat(digits), repeat(max_error)))
        )

    def _each(self, task: Task, name: str, numbers: Sequence[int], chunk: int, max_error: float) -> Iterator[Any]:
        parts = [numbers[i : i + chunk] for i in range(0, len(numbers), chunk)]
        same = ([value] * len(parts) for value in (self.seed, max_error))
        return chain.from_iterable(self._pool.map(task, [name] * len(parts), parts, *same))


class _Worker:
    """What a process keeps between tasks."""

    model: Path | None


def _start(model: Path | None) -> None:
    _Worker.model = model


@cache
def _test() -> Samples:
    return load("mnist").test


@cache
def _reader(max_error: float, *, field: bool = False, digits: bool = False) -> Reader:
    return reader(_Worker.model, max_error, field=field, digits=digits)


def reader(model: Path | None, max_error: float = MAX_ERROR, *, field: bool = False, digits: bool = False) -> Reader:
    """Make the reader that is measured: held to its usual limit for numbers, or to ``max_error`` for ``digits``."""
    from mnist_nn.model_file import storage  # noqa: PLC0415 (the generators are of use without it)
    from mnist_nn.reading.reader import Reader  # noqa: PLC0415

    loaded = storage.load(model) if model else None
    return Reader(loaded, max_error_per_digit=max_error if digits else None, field=field)


def answer(reading: Any) -> Answer:
    """Sum up a reading of one picture."""
    accepted = [number.text for number in reading.numbers if number.decision == "digit"]
    text = " ".join(number.text for number in reading.numbers)
    return Answer(text, " ".join(accepted))


def _canvases(variant: str, numbers: Sequence[int], seed: int, max_error: float) -> list[Answer]:
    images, read = _test().images, _reader(max_error, digits=True)
    return [answer(read(canvases.canvas(variant, images[i], i, seed))) for i in numbers]


def _pictures(pictures: Sequence[npt.NDArray[np.uint8]], field: bool, digits: bool, max_error: float) -> list[Answer]:
    read = _reader(max_error, field=field, digits=digits)
    return [answer(read(picture)) for picture in pictures]


def _nondigits(kind: str, numbers: Sequence[int], seed: int, max_error: float) -> list[Answer]:
    read = _reader(max_error, digits=True)
    if kind == TWO_DIGITS:
        return [answer(read(pair(_test(), i, seed)[0])) for i in numbers]
    return [answer(read(nondigits.picture(kind, i, seed))) for i in numbers]


def pair(test: Samples, number: int, seed: int) -> tuple[npt.NDArray[np.uint8], str]:
    """Make the picture of two touching digits with this number, and say what they are."""
    i, j = 2 * number % len(test.images), (2 * number + 1) % len(test.images)
    picture = nondigits.two_digits(test.images[i], test.images[j], number, seed)
    return picture, f"{test.labels[i]}{test.labels[j]}"


def _pages(style: str, numbers: Sequence[int], seed: int, max_error: float) -> list[PageScore]:
    return [score(page(style, number, seed), _reader(max_error)) for number in numbers]


def page(style: str, number: int, seed: int) -> pages.SyntheticPage:
    """Make page ``number`` of a style from the test digits."""
    test = _test()
    return pages.make_page(test.images, test.labels, seed * 100_003 + number, STYLES[style])
