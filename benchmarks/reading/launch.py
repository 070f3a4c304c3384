"""Run a command a number of times, in a process of its own; print its seconds, processor time and peak memory as JSON.

The system counts the memory of a process from that of the one that started it, so this one must be small.
"""

import json
import resource
import subprocess
import sys
import time

UNIT = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kibibytes


def main() -> None:
    """Run ``launch TIMES COMMAND…``; the first run, which fills the caches, is not counted."""
    times, *command = sys.argv[1:]
    seconds, processor, megabytes = [], [], []
    for _ in range(int(times) + 1):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        seconds.append(end - begin)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        megabytes.append(after.ru_maxrss / UNIT)
    print(json.dumps({"seconds": seconds[1:], "processor": processor[1:], "megabytes": megabytes[1:]}))


if __name__ == "__main__":
    main()
