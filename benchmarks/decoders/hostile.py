"""What files cost that are made to cost much: each is read in a process of its own, whose decoder is watched."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.shared.hostile_files import HOSTILE

WATCH = r"""
import json, re, resource, sys, threading, time
from pathlib import Path
import psutil
from mnist_nn.imaging import each_page

def watch():
    while not ended.is_set():
        for child in psutil.Process().children():
            try:
                status = Path(f"/proc/{child.pid}/status").read_text()
                peaks.append(int(re.search(r"VmPeak:\s*(\d+)", status)[1]))
            except (OSError, TypeError):
                pass
        time.sleep(0.05)

peaks, ended = [0], threading.Event()
threading.Thread(target=watch, daemon=True).start()
begin = time.perf_counter()
said = [str(getattr(page, "error", "read")) for page in each_page(sys.argv[1])]
seconds = time.perf_counter() - begin
ended.set()
from mnist_nn.imaging.load.child.pool import POOL
POOL.close()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"wall": seconds, "processor": used.ru_utime + used.ru_stime, "address_space": max(peaks) * 1024,
                  "resident": used.ru_maxrss * 1024, "said": said[-1]}))
"""
HEAD = ["file", "kilobytes", "s of processor time", "MB of address space", "MB resident", "limit that ended it"]


def measure() -> list[dict[str, Any]]:
    """Read each file once, with the limits that everybody has."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        for kind, make in HOSTILE.items():
            path = Path(name) / "hostile"
            path.write_bytes(make())
            command = [sys.executable, "-c", WATCH, os.fspath(path)]
            cost = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            found.append({"file": kind, "bytes": path.stat().st_size, **cost})
            print(row(found[-1]), flush=True)
    return found


def row(found: dict[str, Any]) -> list[str]:
    """Write one line of the table."""
    ended = "seconds" if "--decode-seconds" in found["said"] else "memory" if "memory" in found["said"] else "nothing"
    megabytes = (f"{found[name] / 1e6:.0f}" for name in ("address_space", "resident"))
    return [found["file"], f"{found['bytes'] / 1e3:,.1f}", f"{found['processor']:.2f}", *megabytes, ended]
