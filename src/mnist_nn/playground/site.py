"""The playground's files by name, and the export of all of them to a folder for any file host.

A site is a dictionary of all valid addresses, so no path can lead anywhere else. It knows nothing about HTTP: `server`
serves it.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
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
from mnist_nn.model_file.training_data import check_learned_digits, warn_of_doubt
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check_reads_digits
from mnist_nn.nn.network import Network
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.training.loop import train
from mnist_nn.util.files import is_empty, write_whole
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

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
SMALL_EPOCHS = 3
SMALL = {
    "softmax": (NetworkConfig(output="softmax"), TrainingConfig(loss="cross_entropy", epochs=SMALL_EPOCHS)),
    "classic": (NetworkConfig(), TrainingConfig(epochs=SMALL_EPOCHS)),
}
"""Networks that are small enough to follow every number, and how each is trained."""
ANOTHER = "choose another folder"
_training = Lock()


class Asset(NamedTuple):
    """One file of the playground: its media type, and how to get its bytes."""

    media_type: str
    read: Callable[[], bytes]


Site = Mapping[str, Asset]


def build_site(model: Path | None = None, recordings: Iterable[Path] = ()) -> Site:
    """List the playground's files by name: the page, MNIST, the reader's model, small models, and yours if given.

    A small network is trained when it is first requested, which takes about a second.

    Raises
    ------
    ModelFileError
        If the model or a recording does not exist or is not valid.
    ConfigError
        If the model does not read 28×28 digits.

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
        "reader": ("data/reader.safetensors.gz", _compress_reader),
        **{name: (f"data/{name}.safetensors", partial(train_small, name)) for name in SMALL},
    }
    rooms = {"draw": "reader", "microscope": "softmax"}
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


def _compress_reader() -> bytes:
    """Return the reader's model without the networks for whole numbers, because the page reads single digits."""
    digits = replace(load_reader_model(), sequences=(), number_calibration=None)
    return gzip.compress(to_bytes(digits), mtime=0)


def _read_model(path: Path) -> bytes:
    """Read a model file, and check that it is valid and reads digits."""
    model = load_model(path)
    check_reads_digits(model.network.config, repr(str(path)))
    check_learned_digits(model, repr(str(path)))
    warn_of_doubt(model)
    return to_bytes(model)


def _read_recording(path: Path) -> bytes:
    """Read a recording, and check that it is valid and reads digits."""
    recording = load_recording(path)
    check_reads_digits(recording.model.network.config, repr(str(path)))
    check_learned_digits(recording.model, repr(str(path)))
    return recording_to_bytes(recording)


def _choose_names(paths: Iterable[Path]) -> list[str]:
    """Choose short, unique names for files, by which the page knows the recordings."""
    stems = [path.stem for path in paths]
    counts = [stems[: n + 1].count(stem) for n, stem in enumerate(stems)]
    return [stem if count == 1 else f"{stem} ({count})" for stem, count in zip(stems, counts, strict=True)]


def train_small(name: str) -> bytes:
    """Train one of the small networks, once, and return the bytes of its model file.

    Examples
    --------
    >>> from mnist_nn.model_file.storage import from_bytes
    >>> from_bytes(train_small("classic")).scores["test_accuracy"] > 0.9
    True
    """
    with _training:  # requests come in threads
        return _train_once(name)


@cache
def _train_once(name: str) -> bytes:
    from mnist_nn.evaluation.metrics import evaluate  # noqa: PLC0415 only here

    mnist, (network, config) = load("mnist"), SMALL[name]
    *_, last = train(Network.create(network), mnist.train, config)
    score = evaluate(last.network, mnist.test).accuracy
    return to_bytes(
        Model.of(
            last.checkpoint, config, data={"name": mnist.name, "sha256": mnist.digest}, scores={"test_accuracy": score}
        )
    )


def export_site(site: Site, folder: Path, *, force: bool = False) -> int:
    """Write the playground to a folder for any file host; return its size in bytes.

    Raises
    ------
    ConfigError
        If the folder is not empty and ``force`` is not given, or it cannot be written.
    FileInUseError
        If another process is writing to it.
    """
    with explain_io_errors(ConfigError, "write to", folder, ANOTHER):
        folder.mkdir(parents=True, exist_ok=True)
        with keep_others_off(folder, ANOTHER):
            if not force and not is_empty(folder):
                raise ConfigError(f"{str(folder)!r} is not empty; {ANOTHER}, or replace its files with --force")
            return sum(_write(folder / name, asset.read()) for name, asset in site.items())


def _write(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return len(content)
