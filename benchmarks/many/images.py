"""Many images: ``predict --out``, against reading alone and the kernel alone, with the memory it takes."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from mnist_nn import Model, Network, NetworkConfig, TrainingConfig, load_data, save_model, train
from mnist_nn import predict as ask
from mnist_nn.cli.predict.parts import BATCH, IMAGES
from mnist_nn.data.augmentation import Distortion
from mnist_nn.data.formats.batch import Part
from mnist_nn.data.formats.parquet_file import Block, list_blocks, read_block
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.engines.select import create
from mnist_nn.util.randomness import fold, key

SLIGHT = Distortion(rotation=8, slant=0.1, stretch=0.1, shift=1)


def predict(folder: Path, jobs: int, *, full: bool) -> dict[str, Any]:
    """Predict distorted copies of the training images, which a file cannot store as repetitions."""
    copies = 84 if full else 2  # of 60,000: 5 million images
    data, model = folder / "data.parquet", folder / "model.safetensors"
    images = _write(data, copies)
    samples = load_data("mnist").train
    *_, last = train(Network.create(NetworkConfig(), 0), samples, TrainingConfig(epochs=1))
    save_model(model, Model(last.network))
    blocks = list_blocks(Part("parquet", (data,)), ReadOptions(), IMAGES)

    def read(block: Block) -> int:
        return sum(len(one.images) for one in read_block(block, ReadOptions(), BATCH))

    alone = _time(1, blocks, read)
    reading = _time(jobs, blocks, read)
    held = next(read_block(blocks[0], ReadOptions(), BATCH)).images
    times = range(images // BATCH)
    kernel = _time(jobs, times, lambda _: ask(last.network, held, threads=1)) * images / (len(times) * BATCH)
    begin = time.perf_counter()
    command = [sys.executable, "-m", "mnist_nn", "predict", str(model), str(data), "--out", str(folder / "parts")]
    running = subprocess.Popen([*command, "--jobs", str(jobs)], stderr=subprocess.PIPE, text=True)
    said = running.stderr.read() if running.stderr else ""
    _, status, used = os.wait4(running.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(said)
    return {
        "images": images,
        "bytes": data.stat().st_size,
        "seconds_reading_alone_on_one_thread": round(alone, 3),
        "seconds_reading_alone": round(reading, 3),
        "seconds_kernel_alone": round(kernel, 3),
        "seconds_command": round(seconds, 3),
        "share_of_the_slower": round(max(reading, kernel) / seconds, 3),
        "share_of_reading_on_one_thread": round(alone / seconds, 3),
        "megabytes_of_memory": used.ru_maxrss // 1024,
        "said": said.strip(),
    }


def _write(path: Path, copies: int) -> int:
    """Write distorted copies of all training images as bytes, a row group for each 60,000."""
    images, engine, count = load_data("mnist").train.images, create(), 0
    schema = pa.schema([("image", pa.binary(images[0].size))])
    with parquet.ParquetWriter(path, schema) as writer:
        for copy in range(copies):
            drawn = engine.distort(images, fold(key(0), copy), SLIGHT)
            pixels = pa.FixedSizeBinaryArray.from_buffers(
                schema.types[0], len(drawn), [None, pa.py_buffer(np.ascontiguousarray(drawn))]
            )
            writer.write_table(pa.table([pixels], schema=schema), row_group_size=len(images))
            count += len(images)
    return count


def _time(jobs: int, items: Any, work: Any) -> float:
    """Return the seconds that some work takes on so many threads."""
    begin = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(work, items):
            pass
    return time.perf_counter() - begin
