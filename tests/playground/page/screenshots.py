"""Take the pictures of the playground that the README shows, with Playwright.

Run it as ``PYTHONPATH=tests/shared python tests/playground/page/screenshots.py``.

It serves the playground, does in every room what a person would do first, and writes docs/images/playground/*.png.
"""

import io
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from waiting import until

from mnist_nn.playground.server import Server
from mnist_nn.playground.site import build_site

FOLDER = Path(__file__).parents[3] / "docs" / "images" / "playground"
SIZE: Any = {"width": 1280, "height": 800}
MOST = 120_000  # bytes of a picture
THREE = [(0.27, 0.24), (0.42, 0.15), (0.62, 0.17), (0.7, 0.3), (0.62, 0.42), (0.47, 0.47), (0.63, 0.51), (0.74, 0.64),
         (0.68, 0.8), (0.5, 0.87), (0.3, 0.8)]  # fmt: skip


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def draw(page: Page) -> None:
    box = page.locator(".sheet").bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in THREE]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()
    page.locator(".accuracy", has_text="of 10,000").wait_for()


def look(page: Page) -> None:
    page.locator(".agrees").first.wait_for()


def train(page: Page) -> None:
    until(page, r"/\d/.test(document.querySelector('[data-stat=test]')?.textContent)")
    press(page, "Train")
    until(page, "parseFloat(document.querySelector('[data-stat=epoch]').textContent) >= 2")
    press(page, "Pause")
    page.get_by_role("button", name="Train", exact=True).wait_for()


def race(page: Page) -> None:
    scores = "[...document.querySelectorAll('.score')]"
    until(page, rf"{scores}.length > 1 && {scores}.every(score => /\d/.test(score.textContent))")
    press(page, "Start")
    page.get_by_role("button", name="Race again").wait_for()


def travel(page: Page) -> None:
    press(page, "Make a short training run now")
    until(page, "document.querySelector('.scrubber input').max === '9'")
    until(page, "!document.querySelector('.then button:not(.right):not(.wrong)')")
    slider = page.get_by_role("slider", name="Moment of the training")
    slider.press("Home")
    for _ in range(5):
        slider.press("ArrowRight")
    until(page, "document.querySelector('.place').textContent.includes('10,000')")


# Address, what to do there, and how far down the page the best of it is.
ROOMS: dict[str, tuple[str, Callable[[Page], None], int]] = {
    "draw": ("#/draw", draw, 0),
    "microscope": ("#/microscope?image=test:18&step=8", look, 320),
    "train": ("#/train", train, 276),
    "race": ("#/race?race=no_derivative", race, 240),
    "history": ("#/history", travel, 110),
}


def take(page: Page, name: str, top: int) -> None:
    """Write a picture with as few colours as it needs."""
    page.mouse.move(0, SIZE["height"] - 1)
    page.evaluate("top => { document.activeElement.blur(); scrollTo(0, top); }", top)
    time.sleep(0.5)  # for what is drawn in the next frames
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST:
        raise ValueError(f"{path} has {path.stat().st_size} bytes; a picture of the README has at most {MOST}")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Server(build_site(), "127.0.0.1", 0) as server, sync_playwright() as driver:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (address, act, top) in ROOMS.items():
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(server.url + address)
            act(page)
            take(page, name, top)
            page.close()
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
