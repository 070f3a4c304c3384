"""A real server, a real browser, and pages on which nothing may go wrong unseen."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE, ended

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@contextmanager
def _running(*command: str, folder: Path) -> Iterator[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=environment)
    with ended(process, signal.SIGINT):
        assert process.stdout
        yield next(re.findall(r"http://[^\s)]+", line)[0] for line in process.stdout if "http://" in line)


@pytest.fixture(scope="session")
def running() -> Callable[..., AbstractContextManager[str]]:
    """Run a server as a person does; gives the address that it prints."""
    return _running


@pytest.fixture(scope="session")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``mnist-nn play``."""
    command = (sys.executable, "-m", "mnist_nn", "play", "--no-open")
    with _running(*command, folder=tmp_path_factory.mktemp("playground")) as url:
        yield url


@pytest.fixture
def visit(chromium: Any, playground: str) -> Iterator[Callable[..., Any]]:
    """Open the playground at an address after #; errors and requests off this machine fail the test."""
    contexts, wrong = [], []

    def listen(page: Any, url: str) -> None:
        page.on("pageerror", lambda error: wrong.append(f"error on the page: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("request", lambda sent: None if _is_own(sent.url, url) else wrong.append(f"request to {sent.url}"))

    def at(where: str = "", url: str = playground, *, phone: bool = False, **options: Any) -> Any:
        context = chromium.new_context(**{**(PHONE if phone else DESKTOP), **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        listen(page, url)
        page.goto(url + where)
        page.wait_for_selector("main .room[aria-labelledby] > *:not(.loading)")
        page.wait_for_load_state("networkidle")  # models and images are there
        return page

    yield at
    for context in contexts:
        context.close()
    assert not wrong, wrong


def _is_own(address: str, url: str) -> bool:
    return address.startswith((url, "data:", f"blob:{url}"))


@pytest.fixture
def findings() -> Callable[[Any], list[str]]:
    """What axe-core finds on a page that is serious or critical, in light and in dark.

    The page must be visited with ``bypass_csp=True``: axe-core styles elements to try them.
    """
    if not AXE.is_file():
        pytest.skip("axe-core is not installed, which checks accessibility; run: npm install")

    def check(page: Any) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        grave = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("axe.run({resultTypes: ['violations']})")
            grave += [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary'][:200]}" for one in grave
        ]

    return check
