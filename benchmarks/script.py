"""The script that is timed from its start to an accuracy: ``python -m benchmarks.script PEER HIDDEN BATCH THREADS``.

It imports one library, reads MNIST, trains with Adam and prints the test accuracy four times an
epoch. The test images only stop the clock; no setting was chosen by them within a run.
"""

import sys
import time

from benchmarks.peers import peer
from benchmarks.task import Images, Task, forward, rows_of

EPOCHS = 15
PARTS = 4


def main() -> None:
    """Train and print until we are stopped or through."""
    name, hidden, batch, threads = sys.argv[1], *map(int, sys.argv[2:5])
    task, test = Task((hidden,), batch, "adam"), Images.of("test")
    contestant = peer(name)(Images.of("train"), threads)
    contestant.begin(task, task.initial())
    for epoch in range(EPOCHS):
        rows = rows_of(60_000 // (PARTS * batch) * PARTS * batch, epoch)
        for part in rows.reshape(PARTS, -1):
            contestant.take(part)
            contestant.learn()
            z = forward(contestant.parameters(), test.x, sigmoid=False)
            accuracy = float((z.argmax(axis=1) == test.t).mean())
            print(time.process_time(), accuracy, flush=True)


if __name__ == "__main__":
    main()
