"""NumPy, the equations as a textbook writes them: vectors for a single sample, else a batch as the rows of a matrix.

Timed: for every batch the gathering of its rows by index, the forward and backward pass and the update. Written for
the reader, in float32, with in-place updates and no other tricks.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.task import Array, Images, Parameters, Rows, Task, forward, scaled


class NumPy:
    """See `benchmarks.task.Peer`."""

    name = "NumPy"

    def __init__(self, images: Images, threads: int) -> None:
        self.threads = threads
        self.x, self.l = images.x, np.eye(10, dtype=np.float32)[images.t]

    def begin(self, task: Task, parameters: Parameters) -> None:
        self.task, self.t = task, 0
        self.p = [p.copy() for p in parameters]
        self.m, self.v = ([np.zeros_like(p) for p in parameters] for _ in range(2))
        self.update = {"sgd": self._sgd, "momentum": self._momentum, "adam": self._adam}[task.optimizer]

    def take(self, rows: Rows) -> None:
        self.rows = rows

    def learn(self) -> None:
        if self.task.batch == 1:
            for row in self.rows.tolist():
                self.t += 1
                self.update(self._gradients_of_one(self.x[row], self.l[row]))
            return
        for start in range(0, len(self.rows), self.task.batch):
            batch = self.rows[start : start + self.task.batch]
            self.t += 1
            self.update(self._gradients(self.x[batch], self.l[batch]))

    def _gradients(self, x: Array, l: Array) -> list[Array]:
        W, b, a = self.p[0::2], self.p[1::2], [x]
        for k in range(len(W) - 1):
            a.append(self._activation(a[k] @ W[k].T + b[k]))
        delta = (self._output(a[-1] @ W[-1].T + b[-1]) - l) / np.float32(len(x))
        g: list[Array] = []
        for k in reversed(range(len(W))):
            g[:0] = [delta.T @ a[k], delta.sum(axis=0)]
            if k:
                delta = (delta @ W[k]) * self._slope(a[k])
        return g

    def _gradients_of_one(self, x: Array, l: Array) -> list[Array]:
        """Take vectors for a sample, which is several times quicker than matrices of one row."""
        W, b, a = self.p[0::2], self.p[1::2], [x]
        for k in range(len(W) - 1):
            a.append(self._activation(W[k] @ a[k] + b[k]))
        delta = self._output(W[-1] @ a[-1] + b[-1]) - l
        g: list[Array] = []
        for k in reversed(range(len(W))):
            g[:0] = [np.outer(delta, a[k]), delta]
            if k:
                delta = (delta @ W[k]) * self._slope(a[k])
        return g

    def _activation(self, z: Array) -> Array:
        return _sigmoid(z) if self.task.sigmoid else np.maximum(z, 0)

    def _slope(self, a: Array) -> Array:
        return a * (1 - a) if self.task.sigmoid else a > 0

    def _output(self, z: Array) -> Array:
        if self.task.sigmoid:
            return _sigmoid(z)
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return np.asarray(e / e.sum(axis=-1, keepdims=True))

    def _sgd(self, gradients: list[Array]) -> None:
        for p, g in zip(self.p, gradients, strict=True):
            p -= self.task.rate * g

    def _momentum(self, gradients: list[Array]) -> None:
        for p, g, v in zip(self.p, gradients, self.v, strict=True):
            v *= 0.9
            v += g
            p -= self.task.rate * v

    def _adam(self, gradients: list[Array]) -> None:
        for p, g, m, v in zip(self.p, gradients, self.m, self.v, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            m_hat, v_hat = m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
            p -= self.task.rate * m_hat / (np.sqrt(v_hat) + 1e-8)

    def parameters(self) -> Parameters:
        return tuple(self.p)

    def place(self, pixels: npt.NDArray[np.uint8]) -> Array:
        return scaled(pixels)

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        def classify(x: Array) -> Array:
            return forward(parameters, x, sigmoid=task.sigmoid)

        return classify


def _sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))
