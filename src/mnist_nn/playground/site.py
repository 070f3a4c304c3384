"""The playground's files by name, and all of them written as a folder for any file host.

A site is one dictionary of every address that is answered, so no path can lead anywhere else. It knows nothing of HTTP:
`server` serves it.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from mnist_nn.data import load
from mnist_nn.data.sources import FILES
from mnist_nn.errors import ConfigError
from mnist_nn.model_file.recording import load as load_recording
from mnist_nn.model_file.recording import to_bytes as recording_to_bytes
from mnist_nn.model_file.storage import Model, to_bytes
from mnist_nn.model_file.storage import load as load_model
from mnist_nn.nn.config import TrainingConfig, check_reads_digits
from mnist_nn.nn.network import Network
from mnist_nn.training.loop import train
from mnist_nn.util.files import replace_file
from mnist_nn.util.io_errors import explain_io_errors

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
OCTET_STREAM = "application/octet-stream"  # gzipped data too: the page unpacks it, so that any file host will do
DATA_NAMES = ("train-images", "train-labels", "test-images", "test-labels")  # of data.sources.FILES, in its order
CLASSIC_EPOCHS = 3
_training = Lock()


class Asset(NamedTuple):
    """One file of the playground: its media type, and how to get its bytes."""

    media_type: str
    read: Callable[[], bytes]


Site = Mapping[str, Asset]


def build_site(model: Path | None = None, recordings: Iterable[Path] = ()) -> Site:
    """List the playground's files by name: the page, MNIST, the reader's model and the classic one, and yours if given.

    The classic network is trained when it is first asked for, which takes about a second.

    Raises
    ------
    ModelFileError
        If there is no such model or recording, or it is not a sound one.
    ConfigError
        If it is not a model of 28×28 digits.

    Examples
    --------
    >>> site = build_site()
    >>> site["index.html"].media_type, len(site["data/test-labels.gz"].read()) > 1000
    ('text/html; charset=utf-8', True)
    """
    package = files("mnist_nn")
    assets = dict(_list_page(package / "playground" / "page"))
    for name, stored in zip(DATA_NAMES, FILES, strict=True):
        source = package / "data" / "embedded" / f"{stored}.gz"
        assets[f"data/{name}.gz"] = Asset(OCTET_STREAM, source.read_bytes)
    models: dict[str, tuple[str, Callable[[], bytes]]] = {
        "reader": ("data/reader.safetensors.gz", partial(_compress, package / "reading" / "reader.safetensors")),
        "classic": ("data/classic.safetensors", train_classic),
    }
    rooms = {"draw": "reader", "microscope": "classic"}
    if model is not None:
        models = {"given": ("data/model.safetensors", partial(bytes, _read_model(model))), **models}
        rooms = dict.fromkeys(rooms, "given")
    assets |= {url: Asset(OCTET_STREAM, read) for url, read in models.values()}
    runs = {f"data/runs/{number}.safetensors": path for number, path in enumerate(recordings)}
    assets |= {url: Asset(OCTET_STREAM, partial(bytes, _read_recording(path))) for url, path in runs.items()}
    manifest = {
        "version": version("mnist-nn"),
        "models": [{"id": name, "url": url} for name, (url, _) in models.items()],
        "rooms": rooms,
        "runs": [{"name": name, "url": url} for name, url in zip(_choose_names(runs.values()), runs, strict=True)],
    }
    assets["data/manifest.json"] = Asset(MEDIA_TYPES[".json"], json.dumps(manifest).encode)
    return assets


def _list_page(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _list_page(entry, f"{name}/")
        elif (media_type := MEDIA_TYPES.get(Path(name).suffix)) is not None:
            yield name, Asset(media_type, entry.read_bytes)


def _compress(source: Traversable) -> bytes:
    return gzip.compress(source.read_bytes(), mtime=0)


def _read_model(path: Path) -> bytes:
    """Read a model file that is a sound one and of digits."""
    model = load_model(path)
    check_reads_digits(model.network.config, repr(str(path)))
    return to_bytes(model)


def _read_recording(path: Path) -> bytes:
    """Read a recording that is a sound one and of digits."""
    recording = load_recording(path)
    check_reads_digits(recording.model.network.config, repr(str(path)))
    return recording_to_bytes(recording)


def _choose_names(paths: Iterable[Path]) -> list[str]:
    """Choose short names for files, each its own: the page knows recordings by them."""
    stems = [path.stem for path in paths]
    counts = [stems[: n + 1].count(stem) for n, stem in enumerate(stems)]
    return [stem if count == 1 else f"{stem} ({count})" for stem, count in zip(stems, counts, strict=True)]


def train_classic() -> bytes:
    """Train the classic network, once, and return the bytes of its model file.

    Examples
    --------
    >>> from mnist_nn.model_file.storage import from_bytes
    >>> from_bytes(train_classic()).scores["test_accuracy"] > 0.9
    True
    """
    with _training:  # requests come in threads
        return _train_once()


@cache
def _train_once() -> bytes:
    from mnist_nn.evaluation.metrics import evaluate  # noqa: PLC0415 only here

    mnist, config = load("mnist"), TrainingConfig(epochs=CLASSIC_EPOCHS)
    *_, last = train(Network.create(), mnist.train, config)
    score = evaluate(last.network, mnist.test).accuracy
    return to_bytes(
        Model.of(
            last.checkpoint, config, data={"name": mnist.name, "sha256": mnist.digest}, scores={"test_accuracy": score}
        )
    )


def export_site(site: Site, folder: Path, *, force: bool = False) -> int:
    """Write the playground as a folder that any file host serves; returns its size in bytes.

    Raises
    ------
    ConfigError
        If the folder holds something and ``force`` is not given, or it cannot be written.
    """
    with explain_io_errors(ConfigError, "write into", folder, "choose another folder"):
        folder.mkdir(parents=True, exist_ok=True)
        if not force and any(folder.iterdir()):
            raise ConfigError(
                f"{str(folder)!r} is not empty; choose another folder, or replace files in it with --force"
            )
        return sum(_write(folder / name, asset.read()) for name, asset in site.items())


def _write(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(path) as file:
        return file.write(content)
