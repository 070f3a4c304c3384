"""What the measurements were made on, and when: processor, memory, versions, commit, and how busy the machine was.

Everything here only reads.
"""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.peers import PACKAGES


def describe(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Return the machine, the commit and the time in plain JSON values, with the versions of some packages."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "load_before": _load(),
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return done.stdout.strip() or "unknown"


def _load() -> list[float]:
    return [round(value, 2) for value in psutil.getloadavg()]


def busy() -> float:
    """Share of the processors that others take, over half a second; measured while we sleep."""
    return float(psutil.cpu_percent(interval=0.5)) / 100


def _processor() -> str:
    facts: dict[str, str] = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 (not a file on a disk)
            pairs = (line.split(":", 1) for line in lines if ":" in line)
            facts = {name.strip(): value.strip() for name, value in pairs}
    except OSError:
        return platform.processor()
    flags = facts.get("flags", "").split()
    wide = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    family = f"family {facts.get('cpu family', '?')}, model {facts.get('model', '?')}"
    return f"{facts.get('model name', platform.processor())} ({family}), {wide}"
