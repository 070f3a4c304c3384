"""How many distorted copies of MNIST's images an engine makes in a second: ``python -m benchmarks.augmentation``."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

from mnist_nn import load_data
from mnist_nn.data.augmentation import DISTORTIONS
from mnist_nn.engines import select
from mnist_nn.util.randomness import key

KINDS = {
    "affine": DISTORTIONS["affine"],
    "elastic": replace(DISTORTIONS["elastic"], rotation=15.0, slant=0.15, stretch=0.15, alpha=38.0, sigma=5.5),
    "reading": DISTORTIONS["reading"],
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the best rate of some rounds, in which the kinds take turns."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.augmentation", description=main.__doc__)
    parser.add_argument("--engine", default="auto", help="auto, compiled or reference")
    parser.add_argument("--images", type=int, default=60_000, help="how many images are distorted in a round")
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args(arguments)
    engine, images = select.create(given.engine), load_data("mnist").train.images[: given.images]
    best = dict.fromkeys(KINDS, float("inf"))
    for round_ in range(given.rounds):
        for kind, distortion in KINDS.items():
            begin = time.perf_counter()
            engine.distort(images, key(round_), distortion)
            best[kind] = min(best[kind], time.perf_counter() - begin)
    for kind, seconds in best.items():
        print(f"{kind:8} {len(images) / seconds:11,.0f} images/s  ({engine.name} engine)")


if __name__ == "__main__":
    main()
