"""A photo of 12 megapixels, from the command to the prompt."""

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks.reading.pages import SyntheticPage, make_page
from benchmarks.reading.styles import PHOTO
from mnist_nn.data import load

TIMES = 5
QUALITY = 92


@dataclass(frozen=True)
class Timed:
    """Wall time, processor time and peak memory of every run."""

    seconds: list[float]
    processor: list[float]
    megabytes: list[float]

    @property
    def median(self) -> float:
        """Of the wall times."""
        return statistics.median(self.seconds)


def make_photo(seed: int) -> SyntheticPage:
    """Make the photo: 4000×3000, all effects."""
    test = load("mnist").test
    return make_page(test.images, test.labels, seed, PHOTO)


def time_photo(model: Path | None, seed: int, times: int = TIMES) -> Timed:
    """Write the photo to a file as JPEG and read it with ``mnist-nn read``, each time in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "photo.jpg")
        Image.fromarray(make_photo(seed).pixels).save(file, quality=QUALITY)
        command = [sys.executable, "-m", "mnist_nn", "read", str(file)]
        command += ["--model", str(model)] if model else []
        launch = [sys.executable, "-m", "benchmarks.reading.launch", str(times), *command]
        done = subprocess.run(launch, check=True, stdout=subprocess.PIPE, text=True)
    return Timed(**json.loads(done.stdout))
