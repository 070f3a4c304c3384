"""The rows of the table, read from rows.toml."""

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.presets import configure

HELD_OUT = 6000  # images of the training set


@dataclass(frozen=True)
class Row:
    """A network with a published error, and how it is trained here.

    ``published`` is the test error in percent. ``seeds`` is the number of runs.
    """

    name: str
    network: str
    published: float
    source: str
    why: str
    settings: dict[str, Any] = field(hash=False)
    seeds: int = 5

    @property
    def digest(self) -> str:
        """A short name for these settings, which another training never has."""
        text = json.dumps([self.settings, self.seeds, HELD_OUT], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def configure(self, seed: int, held_out: int) -> tuple[NetworkConfig, TrainingConfig]:
        """Return the configurations of one run."""
        return configure("classic", {**self.settings, "seed": seed, "validation": held_out})

    @property
    def command(self) -> str:
        """The command that trains the same network with seed 0."""
        given = {**self.settings, "validation": HELD_OUT, "seed": 0}
        return " ".join(["mnist-nn train", *(f"--{name.replace('_', '-')} {_typed(v)}" for name, v in given.items())])


def _typed(value: Any) -> str:
    return (",".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def read_rows() -> dict[str, Row]:
    """Read all rows, by name."""
    tables = tomllib.loads(Path(__file__).with_name("rows.toml").read_text(encoding="utf-8"))
    return {name: Row(name=name, **table) for name, table in tables.items()}
