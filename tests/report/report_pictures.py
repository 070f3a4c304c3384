"""Take the pictures of docs/how-to/report.md: ``python tests/report/report_pictures.py``, with Playwright.

It trains the classic network with a hold-out, calibrates it, writes its report as a person would, and looks at it.
"""

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from mnist_nn.cli.program import run

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "report"
MAX_BYTES = 120_000  # of a picture
# Name, colours, width and height of the window, and the section at its top.
PICTURES = (
    ("top", "light", 1000, 980, "summary"),
    ("mistakes", "dark", 1000, 900, "mistakes"),
    ("sure", "light", 1000, 900, "calibration"),
)


def write_report(folder: Path) -> Path:
    """Write the report; its figures are those of the default settings but for a hold-out of 5,000 images."""
    model = str(folder / "classic.safetensors")
    for words in (
        ("train", "--model", model, "--validation", "5000", "--quiet"),
        ("calibrate", model),
        ("report", model),
    ):
        if run(list(words)):
            raise RuntimeError(f"mnist-nn {words[0]} failed")
    return folder / "classic.report.html"


def take_picture(browser: Browser, address: str, picture: tuple[str, str, int, int, str]) -> None:
    """Write a picture with as few colours as it needs."""
    name, scheme, width, height, section = picture
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address)
    page.evaluate("name => scrollTo(0, name === 'summary' ? 0 : document.getElementById(name).offsetTop)", section)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    shot.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    page.close()
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(
            f"{path} has {path.stat().st_size} bytes; a picture of the documentation has at most {MAX_BYTES}"
        )


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        address = write_report(Path(folder)).as_uri()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture in PICTURES:
            take_picture(browser, address, picture)
        browser.close()


if __name__ == "__main__":
    main()
