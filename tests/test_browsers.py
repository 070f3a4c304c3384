"""The pages in Firefox and in WebKit, Safari's engine: the playground, its static export, and a model as one page.

Chromium has tests of its own, which go further (tests/playground/page, tests/export/html). What can differ between
engines is here: pointer events, workers, downloads, layout, and what the console says.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import numpy as np
import pytest
from driving import DOWNLOADS, ENGINES, Outside
from patience import PATIENCE, wait_for

from mnist_nn import Dataset, evaluate, load_model
from mnist_nn.evaluation.prediction import predict
from mnist_nn.export import export
from mnist_nn.playground.server import Server
from mnist_nn.playground.site import Asset, build_site, export_site
from mnist_nn.reading.reader_model import load_reader_model

pytestmark = pytest.mark.slow

SEVEN = [(0.2, 0.2), (0.8, 0.2), (0.65, 0.55), (0.45, 0.9)]
SMALLEST = 360  # pixels, of the phones that the pages are made for
WITNESS = """
window.wrong = [];
const tell = (...what) => window.wrong.push(what.join(" "));
for (const name of ["warn", "error"]) console[name] = tell.bind(null, "console:");
addEventListener("error", ({ message, target }) => tell("error:", message ?? target.src ?? target.href), true);
addEventListener("unhandledrejection", ({ reason }) => tell("rejected:", reason));
addEventListener("securitypolicyviolation", ({ blockedURI, violatedDirective }) => tell(violatedDirective, blockedURI));
window.Worker = class extends Worker {
  constructor(...all) {
    super(...all);
    this.addEventListener("error", ({ message }) => tell("worker:", message));
  }
};
"""

FAULTS = """
console.error("one");
setTimeout(() => { throw new Error("two"); });
Promise.reject(new Error("three"));
new Image().src = "http://example.com/four.png";
new Worker("missing.js");
"""


class Quiet(SimpleHTTPRequestHandler):
    """Any file server."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(server: Any) -> Iterator[None]:
    """Let a server answer in a thread of its own."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(PATIENCE)


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """Serve a folder as any file host does; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server, served(server):
        yield f"http://127.0.0.1:{server.server_port}/"


class Tab:
    """A window in which nothing may go wrong unseen."""

    def __init__(self, driver: Any, outside: Outside) -> None:
        self.driver, self.outside = driver, outside
        self.first = driver.current_window_handle

    def visit(self, address: str) -> None:
        """Open an address anew."""
        self.driver.get("about:blank")
        self.driver.get(address)

    def narrow(self) -> None:
        """Go on in a window as narrow as a phone; ordinary ones have a least width."""
        self.run(f"window.open('about:blank', '', 'popup, width={SMALLEST}, height=740')")
        self.driver.switch_to.window(self.until(lambda: set(self.driver.window_handles) - {self.first}).pop())
        self.driver.set_window_rect(0, 0, SMALLEST, 740)
        self.until(lambda: self.run("return innerWidth") == SMALLEST)

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def until(self, asked: str | Callable[[], Any]) -> Any:
        """Wait for a script or a function to give something that is true."""
        ask = asked if callable(asked) else partial(self.run, f"return {asked}")
        return wait_for(ask, lambda: f"never true: {asked}; {self.run('return window.wrong')}; {self.says('body')}")

    def says(self, selector: str) -> str:
        """The text that is seen there."""
        return str(self.run(f"return document.querySelector({selector!r})?.innerText ?? ''"))

    def hears(self, selector: str, text: str) -> None:
        """Wait until a text is seen there."""
        self.until(lambda: text in self.says(selector))

    def press(self, name: str) -> None:
        """Press the button of this name."""
        same = f"normalize-space() = '{name}' or @aria-label = '{name}'"
        self.until(lambda: self.driver.find_elements("xpath", f"//main//button[not(@disabled)][{same}]"))[0].click()

    def draw(self, selector: str, points: list[tuple[float, float]], pointer: str = "mouse") -> None:
        """Draw a line with a real pointer."""
        from selenium.webdriver.common.actions.action_builder import ActionBuilder  # noqa: PLC0415
        from selenium.webdriver.common.actions.pointer_input import PointerInput  # noqa: PLC0415

        sheet = self.driver.find_element("css selector", selector)
        side = self.run(f"return document.querySelector({selector!r}).getBoundingClientRect().width")
        actions = ActionBuilder(self.driver, mouse=PointerInput(pointer, pointer), duration=20)
        for i, (x, y) in enumerate(points):
            actions.pointer_action.move_to(sheet, round((x - 0.5) * side), round((y - 0.5) * side))
            if i == 0:
                actions.pointer_action.pointer_down()
        actions.pointer_action.pointer_up()
        actions.perform()

    def is_well(self) -> None:
        """Nothing went wrong on the page since it was opened, and nothing was asked of another machine."""
        assert self.run("return window.wrong") == []
        assert self.outside.asked() == []

    def close(self) -> None:
        """Go back to the one window that was there."""
        for other in set(self.driver.window_handles) - {self.first}:
            self.driver.switch_to.window(other)
            self.driver.close()
        self.driver.switch_to.window(self.first)


class Engine(NamedTuple):
    """A browser that runs, where its downloads come to, and what it wants of other machines."""

    driver: Any
    downloads: Path
    outside: Outside


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home = tmp_path_factory.mktemp(request.param)
    with closing(Outside()) as outside, ENGINES[request.param](home, outside.port) as driver:
        yield Engine(driver, home / DOWNLOADS, outside)


@pytest.fixture
def tab(engine: Engine) -> Iterator[Tab]:
    engine.outside.asked()
    engine.driver.set_window_rect(0, 0, 1280, 900)
    opened = Tab(engine.driver, engine.outside)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def play() -> Iterator[str]:
    """The address of the playground, with a witness in its page."""
    site = build_site()
    page = site["index.html"].read().replace(b"<head>", b'<head><script src="witness.js"></script>')
    told = {
        "index.html": Asset(site["index.html"].media_type, lambda: page),
        "witness.js": Asset("text/javascript", WITNESS.encode),
        "faults.js": Asset("text/javascript", FAULTS.encode),
    }
    with Server({**site, **told}, "127.0.0.1", 0) as server, served(server):
        yield server.url


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the reader as one page, with a witness in it that its policy allows."""
    path = tmp_path_factory.mktemp("page") / "digits.html"
    witness = b64encode(sha256(WITNESS.encode()).digest()).decode()
    text = export(load_reader_model(), "html").decode()
    text = text.replace("script-src ", f"script-src 'sha256-{witness}' ", 1)
    path.write_text(text.replace("<style>", f"<script>{WITNESS}</script>\n<style>", 1), encoding="utf-8")
    return path.as_uri()


def downloaded(tab: Tab, folder: Path, name: str) -> Path:
    """Press a button that saves a file, and wait for the file."""
    before = set(folder.iterdir())
    tab.press(name)

    def whole() -> Path | None:
        """Firefox makes an empty file of this name first, and fills another beside it."""
        new = set(folder.iterdir()) - before
        return new.pop() if len(new) == 1 and all(one.stat().st_size for one in new) else None

    return tab.until(whole)


def seen(tab: Tab, canvas: str) -> np.ndarray:
    """The 28×28 pixels that the network receives: how opaque those of the picture are."""
    context = f"document.querySelector('{canvas}').getContext('2d')"
    data = tab.run(f"return [...{context}.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 3)")
    return np.array(data, np.uint8).reshape(28, 28)


def reads_as_the_library(tab: Tab, canvas: str, bars: str) -> int:
    """Hold the page's probabilities to the library's; gives the digit."""
    model = load_reader_model()
    assert model.calibration
    own = predict(model.network, seen(tab, canvas)[None], model.calibration).probabilities[0]
    told = re.findall(r"(\d)\n?\s*[<>]?\s*([\d.]+) ?%", tab.says(bars))
    assert [int(digit) for digit, _ in told] == list(range(10))
    assert np.abs(np.array([float(share) for _, share in told]) / 100 - own).max() < 0.0101
    return int(own.argmax())


def test_a_drawn_digit_is_read_as_the_library_reads_it(tab: Tab, play: str) -> None:
    tab.visit(f"{play}#/draw")
    tab.hears(".decision", "Nothing to read")
    tab.draw(".sheet", SEVEN)
    tab.hears(".decision", "a 7")
    assert reads_as_the_library(tab, ".net-picture", ".bars") == 7
    tab.is_well()


def test_the_page_speaks_another_language(tab: Tab, play: str) -> None:
    tab.visit(f"{play}#/microscope?lang=it&image=test:18&step=7")
    tab.hears(".step-main h2", "Errore: strato di uscita")
    assert tab.run("return document.documentElement.lang") == "it"
    assert re.search(r"[−+]0,\d{3}", tab.says(".net"))
    tab.run("document.querySelector('#language').value = 'de'")
    tab.run("document.querySelector('#language').dispatchEvent(new Event('change'))")
    tab.hears(".step-main h2", "Fehler: Ausgabeschicht")
    assert "lang=de" in tab.driver.current_url
    tab.is_well()


def test_the_address_brings_the_drawing_back(tab: Tab, play: str) -> None:
    tab.visit(f"{play}#/draw")
    tab.hears(".decision", "Nothing to read")
    tab.draw(".sheet", SEVEN)
    address = tab.until(lambda: tab.driver.current_url if "ink:" in tab.driver.current_url else None)
    before = seen(tab, ".net-picture")
    tab.visit(address)
    tab.hears(".decision", "a 7")
    assert np.array_equal(seen(tab, ".net-picture"), before)
    tab.is_well()


def test_the_microscope_steps_forward_and_backward(tab: Tab, play: str) -> None:
    tab.visit(f"{play}#/microscope?model=classic&image=test:18")
    tab.hears(".step-main h2", "The image and its label")
    titles = []
    for _ in range(7):
        tab.press("Next →")
        titles.append(tab.says(".step-main h2"))
    assert titles[-1] == "Derivatives for the weights of the output layer"
    assert "agree" in tab.until("document.querySelector('.agrees')?.innerText")
    tab.press("← Back")
    assert tab.says(".step-main h2") == titles[-2]
    tab.is_well()


def test_a_network_learns_in_the_page_and_the_library_reads_it(
    tab: Tab, play: str, engine: Engine, mnist: Dataset
) -> None:
    tab.visit(f"{play}#/train")
    share = "parseFloat(document.querySelector('[data-stat=test]')?.innerText)"
    tab.until(f"{share} < 30")
    tab.press("Train")
    tab.until(f"{share} > 91")
    tab.press("Pause")
    tab.hears("main", "Right answers on 10 k test images")
    model = load_model(downloaded(tab, engine.downloads, "Download the model"))
    right = 100 * evaluate(model.network, mnist.test).accuracy
    assert right > 90
    assert right == pytest.approx(tab.run(f"return {share}"), abs=0.011)
    tab.is_well()


@pytest.mark.parametrize("room", ["draw", "microscope", "train", "race", "history", "words"])
def test_a_phone_shows_every_room(tab: Tab, play: str, room: str) -> None:
    tab.narrow()
    tab.visit(f"{play}#/{room}")
    tab.until("document.querySelector('main .room > :not(.loading)')")
    assert tab.run("return document.documentElement.scrollWidth") <= SMALLEST
    tab.is_well()


def test_the_static_site_needs_no_python(tab: Tab, tmp_path: Path) -> None:
    export_site(build_site(), tmp_path / "site")
    with files(tmp_path / "site") as url:
        tab.visit(f"{url}#/draw")
        tab.hears(".decision", "Nothing to read")
        tab.draw(".sheet", SEVEN)
        tab.hears(".decision", "a 7")
    assert tab.outside.asked() == []


def test_a_page_of_one_file_reads_what_is_drawn(tab: Tab, one_file: str) -> None:
    tab.narrow()
    tab.visit(one_file)
    tab.hears("#facts", "gives the same answers as the reference engine")
    tab.draw("#sheet", SEVEN)
    tab.hears("#headline", "This is a 7")
    assert reads_as_the_library(tab, "#seen", "#classes") == 7
    assert tab.run("return document.documentElement.scrollWidth") <= SMALLEST
    tab.press("Undo")
    tab.hears("#headline", "Nothing to read")
    tab.is_well()


def test_what_goes_wrong_would_be_seen(tab: Tab, play: str, tmp_path: Path) -> None:
    tab.visit(f"{play}#/draw")
    tab.run("document.head.append(Object.assign(document.createElement('script'), {src: 'faults.js'}))")
    for word in ("one", "two", "three", "four", "worker"):
        tab.until(f"window.wrong.some((told) => told.includes('{word}'))")
    (tmp_path / "careless.html").write_text("<!doctype html><title>Careless</title>")
    with files(tmp_path) as url:
        tab.visit(f"{url}careless.html")
        tab.run("document.body.innerHTML = '<img src=http://example.com/five.png>'")
        tab.until(lambda: any("five" in asked for asked in tab.outside.asked()))
