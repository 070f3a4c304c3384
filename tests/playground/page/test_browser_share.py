"""What can be taken away from a room: a picture of it, and a print."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from waiting import until

Visit = Callable[..., Any]

SVG = "{http://www.w3.org/2000/svg}"
DARK: Any = {"color_scheme": "dark"}
READY = {
    "draw?image=test:0": (".lines path", "This is a 7"),
    "microscope?image=test:0&step=7": (".step-main h2", "Error of the output layer"),
    "train?subset=500": (".settings", "Train a network"),
    "race?subset=500": (".lane", "How seconds are counted"),
    "words": (".words", "Words and symbols"),
}


def save(page: Any, name: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    download.value.save_as(path)
    return path


@pytest.mark.slow
def test_a_room_is_saved_as_a_picture(visit: Visit, tmp_path: Path) -> None:
    page = visit("#/draw?image=test:0&model=classic")
    page.locator(".decision h2", has_text="7").wait_for()
    page.get_by_text("Save a picture", exact=True).click()
    root = ET.parse(save(page, "Save as SVG", tmp_path / "room.svg")).getroot()  # noqa: S314  our own
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert any("7" in (one or "") for one in words)
    assert "A map of a layer" in words, "a closed part shows its title"
    assert "Layer" not in words, "and nothing of what it hides"
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {"svg", "g", "rect", "text", "tspan", "image", "path",
                                                                   "circle"}  # fmt: skip
    assert all(one.get("href", "").startswith("data:image/png") for one in root.iter(f"{SVG}image"))
    lines = page.locator(".lines path").count()
    assert len(list(root.iter(f"{SVG}path"))) == lines
    width, height = (float(root.get(name, "0")) for name in ("width", "height"))
    picture = Image.open(save(page, "Save as PNG", tmp_path / "room.png"))
    assert picture.size == (2 * int(width), 2 * int(height))
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 50
    page.get_by_label("Picture of").select_option("What the network says")
    panel = ET.parse(save(page, "Save as SVG", tmp_path / "panel.svg")).getroot()  # noqa: S314  our own
    assert float(panel.get("width", "0")) < width


@pytest.mark.slow
@pytest.mark.parametrize("where", READY)
def test_a_room_prints_on_white_paper_and_nothing_is_cut(visit: Visit, where: str) -> None:
    page = visit(f"#/{where}", **DARK)
    selector, words = READY[where]
    page.locator(selector).first.wait_for(state="attached")
    until(page, f"document.querySelector('main').innerText.includes({words!r})")
    pdf = PdfDocument(page.pdf(format="A4"))
    assert len(pdf) <= 6
    pages = [one.get_textpage().get_text_range() for one in pdf]
    assert words in re.sub(r"\s+", " ", " ".join(pages))
    for one in pdf:
        grey = np.asarray(one.render(scale=0.5).to_pil().convert("L"))
        assert np.median(grey) > 240, "paper is white, also in the dark"
        assert (grey[:, -4:] > 200).all(), "nothing runs off the paper"
    until(page, "!document.body.classList.contains('printing')")
    assert page.evaluate("document.documentElement.dataset.theme") is None
