"""The rows of the table, read from rows.toml."""

import hashlib
import json
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mnist_nn.nn.config import DIGIT_CLASSES, DIGIT_SHAPE, NetworkConfig, TrainingConfig, fit_data
from mnist_nn.nn.presets import configure

HELD_OUT = 6000  # images of the training set
TEACHER = "teacher.safetensors"


@dataclass(frozen=True)
class Row:
    """A network with a published error, and how it is trained here.

    ``published`` is the test error in percent. ``seeds`` is the number of runs. ``teacher`` is the row whose network,
    trained with seed 0 on the same images, teaches this one.
    """

    name: str
    network: str
    published: float
    source: str
    why: str
    settings: dict[str, Any] = field(hash=False)
    seeds: int = 5
    teacher: "Row | None" = None

    @property
    def digest(self) -> str:
        """A short name for these settings, which another training never has."""
        of_teacher = [self.teacher.settings] if self.teacher else []
        text = json.dumps([self.settings, self.seeds, HELD_OUT, *of_teacher], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def configure(self, seed: int, held_out: int) -> tuple[NetworkConfig, TrainingConfig]:
        """Return the configurations of one run."""
        shape, training = configure("classic", {**self.settings, "seed": seed, "validation": held_out})
        return fit_data(shape, math.prod(DIGIT_SHAPE), DIGIT_CLASSES), training

    @property
    def command(self) -> str:
        """The command that trains the same network with seed 0; the teacher's own command saves it as teacher."""
        given = {**self.settings, "validation": HELD_OUT, "seed": 0}
        words = [f"--{name.replace('_', '-')} {_typed(v)}" for name, v in given.items()]
        return " ".join(["mnist-nn train", *words, *([f"--teacher {TEACHER}"] if self.teacher else [])])


def _typed(value: Any) -> str:
    return (",".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def read_rows() -> dict[str, Row]:
    """Read all rows, by name."""
    tables = tomllib.loads(Path(__file__).with_name("rows.toml").read_text(encoding="utf-8"))
    rows: dict[str, Row] = {}
    for name, table in tables.items():
        teacher = table.pop("teacher", None)
        rows[name] = Row(name=name, **table, teacher=teacher and rows[teacher])
    return rows
