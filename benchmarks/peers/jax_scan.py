"""JAX: one jitted `lax.scan` over many updates, the batch gathered inside it.

Timed: the calls of that function, each some milliseconds of work, until the last result is there. Compiling is not
timed. Weights lie as (inputs, units), which is quicker here, and are donated, so that they are updated in place.
"""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from benchmarks.task import Array, Images, Parameters, Rows, Task, scaled

Leaves = list[jax.Array]
State = tuple[Leaves, Leaves, Leaves, jax.Array]


class Jax:
    """See `benchmarks.task.Peer`."""

    name = "JAX"

    def __init__(self, images: Images, threads: int) -> None:
        self.threads = threads
        self.x, self.t = jnp.asarray(images.x), jnp.asarray(images.t.astype(np.int32))

    def begin(self, task: Task, parameters: Parameters) -> None:
        self.task = task
        self.state: State = (_leaves(parameters), _zeros(parameters), _zeros(parameters), jnp.zeros((), jnp.float32))

    def take(self, rows: Rows) -> None:
        """Cut the order into scans of the task's length; what is left over is scanned last."""
        length, batch = self.task.updates, self.task.batch
        whole = len(rows) // (length * batch) * length * batch
        scans = list(rows[:whole].reshape(-1, length, batch))
        updates = (len(rows) - whole) // batch
        rest = [rows[whole : whole + updates * batch].reshape(-1, batch)] if updates else []
        self.scans = [jnp.asarray(scan.astype(np.int32)) for scan in scans + rest]
        jax.block_until_ready(self.scans)

    def learn(self) -> None:
        for rows in self.scans:
            self.state = _scan(self.task, self.state, self.x, self.t, rows)
        jax.block_until_ready(self.state)

    def parameters(self) -> Parameters:
        return tuple(np.array(p).T.copy() for p in self.state[0])

    def place(self, pixels: npt.NDArray[np.uint8]) -> Any:
        return jax.device_put(scaled(pixels))

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        p = _leaves(parameters)

        def classify(x: Any) -> Array:
            return np.asarray(_classify(task, p, x))

        return classify


def _leaves(parameters: Parameters) -> Leaves:
    return [jnp.array(p.T) for p in parameters]


def _zeros(parameters: Parameters) -> Leaves:
    return [jnp.zeros(p.T.shape, jnp.float32) for p in parameters]


def _forward(task: Task, p: Leaves, x: Any) -> Any:
    for W, b in zip(p[:-2:2], p[1:-2:2], strict=True):
        z = x @ W + b
        x = jax.nn.sigmoid(z) if task.sigmoid else jax.nn.relu(z)
    return x @ p[-2] + p[-1]


@partial(jax.jit, static_argnums=0)
def _classify(task: Task, p: Leaves, x: Any) -> Any:
    return _forward(task, p, x)


def _loss(p: Leaves, task: Task, x: Any, t: Any) -> Any:
    z, l = _forward(task, p, x), jax.nn.one_hot(t, 10)
    if task.sigmoid:
        return (jax.nn.softplus(z) - l * z).sum(axis=1).mean()
    return -(jax.nn.log_softmax(z) * l).sum(axis=1).mean()


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def _scan(task: Task, state: State, x: Any, t: Any, rows: Any) -> State:
    def step(state: State, batch: Any) -> tuple[State, None]:
        p, m, v, count = state
        g = jax.grad(_loss)(p, task, x[batch], t[batch])
        return _update(task, p, m, v, count + 1, g), None

    return jax.lax.scan(step, state, rows)[0]


def _update(task: Task, p: Leaves, m: Leaves, v: Leaves, count: Any, g: Leaves) -> State:
    if task.optimizer == "adam":
        m = [0.9 * m_i + 0.1 * g_i for m_i, g_i in zip(m, g, strict=True)]
        v = [0.999 * v_i + 0.001 * g_i * g_i for v_i, g_i in zip(v, g, strict=True)]
        rate, scale = task.rate / _rest(0.9, count), 1 / _rest(0.999, count)
        step = [rate * m_i / (jnp.sqrt(v_i * scale) + 1e-8) for m_i, v_i in zip(m, v, strict=True)]
    elif task.optimizer == "momentum":
        v = [0.9 * v_i + g_i for v_i, g_i in zip(v, g, strict=True)]
        step = [task.rate * v_i for v_i in v]
    else:
        step = [task.rate * g_i for g_i in g]
    return [p_i - s for p_i, s in zip(p, step, strict=True)], m, v, count


def _rest(beta: float, count: Any) -> Any:
    """1 - βᵗ, in a form that float32 does not round away; the plain one is off by 1e-5 at the first update."""
    return -jnp.expm1(count * math.log(beta))
