"""What several tests share: MNIST, small problems that can be learned, and an ordinary user's rights."""

import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

# Before NumPy is loaded: as `read` and `serve` have it, whose answers are compared with the library's to the last bit,
# and several processes of several threads each get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Hundreds of tests start the program, which would compile all its modules each time where bytecode is not kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from patience import PATIENCE

from mnist_nn import Dataset, Samples, load_data

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
NOBODY = 65534
LONG = 3600  # seconds that a test may take which is marked as slow; pyproject.toml has it for the others

# How long an example takes says what else the machine does.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(LONG))


@pytest.fixture(scope="session", autouse=True)
def signals() -> None:
    """Let programs that tests start hear signals, which a script's background and nohup have them ignore."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


@pytest.fixture(autouse=True)
def messages() -> None:
    """Start each test with the messages as the library has them: a command line sets them for its whole process."""
    logger = logging.getLogger("mnist_nn")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    return load_data("mnist")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed, which drives a browser"
    )
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed, in which pages are tested")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visits(chromium: Any) -> Callable[..., AbstractContextManager[Callable[..., Any]]]:
    """Open a page that is one file, without a network; errors, what it logs and requests fail the test.

    Only pages that have ``pictures`` in them may ask for these, which is a request in name alone.
    """

    @contextmanager
    def of(path: Path, *, pictures: bool = False) -> Iterator[Callable[..., Any]]:
        wrong: list[str] = []

        def is_own(address: str) -> bool:
            return address == path.as_uri() or (pictures and address.startswith("data:"))

        contexts: list[Any] = []

        def opened(**options: Any) -> Any:
            contexts.append(chromium.new_context(offline=True, **options))
            tab = contexts[-1].new_page()
            tab.set_default_timeout(1000 * PATIENCE)
            tab.on("pageerror", lambda error: wrong.append(str(error)))
            tab.on("console", lambda said: wrong.append(said.text))
            tab.on("request", lambda sent: None if is_own(sent.url) else wrong.append(sent.url))
            tab.goto(path.as_uri())
            return tab

        yield opened
        for context in contexts:
            context.close()
        assert not wrong

    return of


@pytest.fixture
def violations() -> Callable[[Any], list[tuple[str, str]]]:
    """What axe-core finds wrong on a page, by rule and place; the page's policy is put aside, which forbids scripts."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed, which checks accessibility; run: npm install")

    def found(tab: Any) -> list[tuple[str, str]]:
        tab.context.new_cdp_session(tab).send("Page.setBypassCSP", {"enabled": True})
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        rows = tab.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        return [(row["id"], row["nodes"][0]["html"][:200]) for row in rows]

    return found


@pytest.fixture(scope="session")
def clouds() -> Callable[..., Samples]:
    """Make points around one centre a class, the first feature 1 in class 0 and so on, with some noise."""

    def make(count: int, inputs: int = 4, classes: int = 3, *, noise: float = 0.4, seed: int = 0) -> Samples:
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, classes, count)
        images = np.eye(classes, inputs)[labels] + noise * rng.standard_normal((count, inputs))
        return Samples(images, labels.astype(np.int64))

    return make


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


@pytest.fixture
def ordinary_user() -> Callable[[], AbstractContextManager[None]]:
    """Give up the administrator's rights for a while, if we have them: they see no write protection."""

    @contextmanager
    def without_rights() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.setresuid(NOBODY, NOBODY, 0)
        try:
            yield
        finally:
            os.setresuid(0, 0, 0)

    return without_rights


@pytest.fixture
def files_no_larger_than() -> Callable[[int], AbstractContextManager[None]]:
    """Let the system refuse every write beyond a size for a while, as a full disk would."""

    @contextmanager
    def limited(size: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited
