"""``predict --out FOLDER``: finds the parts of a Parquet data set, writes those that are missing, and counts.

`parts` predicts a single one. Nothing is printed here but a progress bar.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_nn.cli.common.terminal import can_draw
from mnist_nn.cli.predict import parts
from mnist_nn.cli.predict.parts import Counts
from mnist_nn.cli.predict.stream import drop_missing_column
from mnist_nn.cli.read.settings import collect_settings
from mnist_nn.cli.train.interrupt import defer_interrupt
from mnist_nn.cli.train.progress import open_bar
from mnist_nn.data.formats.find import find_images
from mnist_nn.data.formats.parquet_file import Block, list_blocks
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError
from mnist_nn.util.files import expand_path, is_there
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off
from mnist_nn.util.processors import count_processors

if TYPE_CHECKING:
    from mnist_nn.model_file.storage import Model
    from mnist_nn.util.cluster import Cluster

ANOTHER = "choose another --out FOLDER"


@dataclass(frozen=True)
class FolderResult:
    """The result: the folder, the number of its finished parts, and their counts.

    ``new_images`` and ``new_bytes`` were predicted by this run, in ``seconds``; bytes are counted in the files of the
    data.
    """

    folder: Path
    parts: int
    done: int
    counts: Counts
    new_images: int
    new_bytes: int
    seconds: float


def predict_folder(
    model: Path,
    data: str,
    folder: Path,
    *,
    jobs: int | None,
    resume: bool,
    force: bool,
    cluster: "Cluster | None" = None,
) -> FolderResult:
    """Predict a Parquet file, or a folder of them; parts that are complete are kept if Ctrl-C stops it.

    The workers of a ``cluster`` predict them or, without a cluster, threads of this process.

    Raises
    ------
    ConfigError
        If the data is not Parquet, or the folder may be neither written nor continued.
    DataError
        If the data cannot be read.
    """
    from mnist_nn.model_file.storage import load

    loaded = load(model)
    blocks, options = _divide(data, loaded)
    images, size = sum(one.images for one in blocks), sum(one.size for one in blocks)
    settings = collect_settings(model, data=f"{data} ({images:,} images, {size:,} bytes)")
    job = parts.Job(str(folder), settings, options)
    with explain_io_errors(ConfigError, "create", folder, ANOTHER):
        folder.mkdir(exist_ok=True)
    with keep_others_off(folder, ANOTHER), defer_interrupt() as interrupted:
        _make_room(folder, resume=resume, force=force)

        def predict(left: list[tuple[int, Block]]) -> Iterator[tuple[int, Counts]]:
            if cluster is None:
                return parts.predict_blocks(left, loaded, job, jobs or count_processors(), interrupted)
            from mnist_nn.cli.predict.elsewhere import predict_elsewhere

            return predict_elsewhere(cluster, model, job, left, interrupted)

        return _write_parts(blocks, job, predict)


def describe(found: FolderResult) -> str:
    """Describe what was written, and how fast."""
    old = found.counts.images - found.new_images
    kept = f", {old:,} of them in an earlier run" if old else ""
    said = f"Wrote {found.counts.images:,} rows to {found.parts} parts in {found.folder}{kept}."
    if not found.new_images:
        return said
    images, megabytes = found.new_images / found.seconds, found.new_bytes / found.seconds / 1e6
    return f"{said} {images:,.0f} images and {megabytes:,.1f} MB of the data a second."


def _divide(data: str, model: "Model") -> tuple[list[Block], ReadOptions]:
    """Find the files, and divide them into one block for each part."""
    path = expand_path(data)
    if not is_there(path):
        raise ConfigError(f"{data!r} does not exist; with --out, give a Parquet file, or a folder of them")
    part = find_images(path, ReadOptions())
    if part.kind != "parquet":
        raise ConfigError(f"{data!r} is not Parquet, which --out takes; use --csv FILE or --parquet FILE")
    options = drop_missing_column(part, ReadOptions.from_dict(model.data))
    return list_blocks(part, options, parts.IMAGES), options


def _make_room(folder: Path, *, resume: bool, force: bool) -> None:
    """Remove the parts of an earlier run, or refuse to, unless they are to be continued."""
    earlier = parts.list_parts(folder)
    if force:
        for one in earlier:
            one.unlink()
    elif earlier and not resume:
        raise ConfigError(
            f"{str(folder)!r} already contains parts; continue them with --resume, or replace them with --force"
        )


def _write_parts(
    blocks: list[Block], job: parts.Job, predict: Callable[[list[tuple[int, Block]]], Iterator[tuple[int, Counts]]]
) -> FolderResult:
    """Write the parts that are missing, by a function that takes blocks with their numbers."""
    done = parts.find_done(blocks, job)
    left = [(number, block) for number, block in enumerate(blocks) if number not in done]
    begin, new = time.perf_counter(), dict[int, Counts]()
    with open_bar(float(len(blocks))) if can_draw() else nullcontext(lambda _done, _words: None) as update:
        for number, counts in predict(left):
            new[number] = counts
            finished = len(done) + len(new)
            update(float(finished), f"{finished} of {len(blocks)} parts")
    return FolderResult(
        Path(job.folder),
        len(blocks),
        len(done) + len(new),
        parts.add_up([*done.values(), *new.values()]),
        sum(counts.images for counts in new.values()),
        sum(blocks[number].size for number in new),
        time.perf_counter() - begin,
    )
