"""PyTorch on the CPU, eager and compiled.

Timed: for every batch the gathering of its rows from one tensor by a permuted index (a DataLoader is several times
slower), forward, backward and optimiser. `PyTorch` is what its tutorials teach, a Sequential with autograd and a fused
optimiser; `Compiled` is one functional step under torch.compile, forward to update, gathering included.
"""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (its usual name)

from benchmarks.task import Array, Images, Parameters, Rows, Task, scaled

Step = Any


class PyTorch:
    """See `benchmarks.task.Peer`."""

    name = "PyTorch"

    def __init__(self, images: Images, threads: int) -> None:
        torch.set_num_threads(threads)
        self.x, self.t = torch.from_numpy(images.x), torch.from_numpy(images.t)
        self.l = F.one_hot(self.t, 10).float()

    def begin(self, task: Task, parameters: Parameters) -> None:
        self.task, self.model = task, _model(task, parameters)
        self.labels = self.l if task.sigmoid else self.t
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.Adam(self.model.parameters(), task.rate, fused=True)
            if task.optimizer == "adam"
            else torch.optim.SGD(
                self.model.parameters(), task.rate, 0.9 if task.optimizer == "momentum" else 0.0, fused=True
            )
        )

    def take(self, rows: Rows) -> None:
        self.rows = torch.from_numpy(rows)

    def learn(self) -> None:
        sigmoid, outputs = self.task.sigmoid, 10
        for rows in self.rows.split(self.task.batch):
            z, labels = self.model(self.x[rows]), self.labels[rows]
            mean = F.binary_cross_entropy_with_logits(z, labels) if sigmoid else F.cross_entropy(z, labels)
            self.optimizer.zero_grad()
            (outputs * mean if sigmoid else mean).backward()
            self.optimizer.step()

    def parameters(self) -> Parameters:
        return tuple(p.detach().numpy().copy() for p in self.model.parameters())

    def place(self, pixels: npt.NDArray[np.uint8]) -> Tensor:
        return torch.from_numpy(scaled(pixels))

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        model = _model(task, parameters)

        @torch.inference_mode()
        def classify(x: Tensor) -> Array:
            return np.asarray(model(x))

        return classify


class Compiled(PyTorch):
    """See `benchmarks.task.Peer`."""

    name = "torch.compile"

    def __init__(self, images: Images, threads: int) -> None:
        super().__init__(images, threads)
        self.compiled_for: tuple[Any, ...] = ()

    def begin(self, task: Task, parameters: Parameters) -> None:
        key = (task.hidden, task.optimizer, task.sigmoid)
        if key != self.compiled_for:  # one compilation serves all batch sizes but 1
            torch.compiler.reset()
            self.compiled_for, self.step = key, torch.compile(_step(task), fullgraph=True, dynamic=True)
        self.task, self.updates = task, 0
        self.labels = self.l if task.sigmoid else self.t
        self.p, self.m, self.v = ([torch.tensor(p) * scale for p in parameters] for scale in (1, 0, 0))

    @torch.no_grad()
    def learn(self) -> None:
        adam, rate = self.task.optimizer == "adam", torch.tensor(self.task.rate)
        scale = torch.tensor(1.0)
        for rows in self.rows.split(self.task.batch):
            self.updates += 1
            if adam:
                rate = torch.tensor(self.task.rate / (1 - 0.9**self.updates))
                scale = torch.tensor(1 / (1 - 0.999**self.updates))
            self.step(self.p, self.m, self.v, self.x, self.labels, rows, rate, scale)

    def parameters(self) -> Parameters:
        return tuple(p.numpy().copy() for p in self.p)

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        model = torch.compile(_model(task, parameters), dynamic=False)

        @torch.inference_mode()
        def classify(x: Tensor) -> Array:
            return np.asarray(model(x))

        return classify


def _model(task: Task, parameters: Parameters) -> nn.Sequential:
    layers: list[nn.Module] = []
    for fan_in, units in itertools.pairwise(task.config.sizes):
        layers += [nn.Linear(fan_in, units), nn.Sigmoid() if task.sigmoid else nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for p, given in zip(model.parameters(), parameters, strict=True):
            p.copy_(torch.tensor(given))
    return model


def _loss(p: list[Tensor], x: Tensor, labels: Tensor, task: Task) -> Tensor:
    for W, b in zip(p[:-2:2], p[1:-2:2], strict=True):
        z = F.linear(x, W, b)
        x = torch.sigmoid(z) if task.sigmoid else torch.relu(z)
    z = F.linear(x, p[-2], p[-1])
    return 10 * F.binary_cross_entropy_with_logits(z, labels) if task.sigmoid else F.cross_entropy(z, labels)


def _step(task: Task) -> Step:
    """One update of every parameter in place."""
    gradient = torch.func.grad(_loss)

    def step(
        p: list[Tensor],
        m: list[Tensor],
        v: list[Tensor],
        x: Tensor,
        labels: Tensor,
        rows: Tensor,
        rate: Tensor,
        scale: Tensor,
    ) -> None:
        gradients = gradient(p, x[rows], labels[rows], task)
        for p_i, g, m_i, v_i in zip(p, gradients, m, v, strict=True):
            if task.optimizer == "adam":
                m_i.mul_(0.9).add_(0.1 * g)
                v_i.mul_(0.999).add_(0.001 * (g * g))
                p_i.sub_(rate * m_i / (torch.sqrt(v_i * scale) + 1e-8))
            elif task.optimizer == "momentum":
                v_i.mul_(0.9).add_(g)
                p_i.sub_(rate * v_i)
            else:
                p_i.sub_(rate * g)

    return step
