"""Combines requests that arrive together into one forward pass.

A request that arrives alone is answered at once. Requests that arrive during a pass wait for its end and form the next
pass together. Rows keep their order, and all rows of a request stay in one pass.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.server.inference.predictor import PreparedModel
from mnist_nn.server.inference.signature import Pixels
from mnist_nn.server.limits import FIXED_LIMITS


class _Pending(NamedTuple):
    images: Pixels
    answer: "asyncio.Future[Predictions]"


class Batcher:
    """Runs one model on the images of many requests.

    Parameters
    ----------
    prepared
        The model.
    batch_limit
        Largest number of images in a pass, unless one request has more.
    on_pass
        Function that is called with the number of images of every pass.
    loop_multiplications
        Largest number of multiplications for which a pass runs in the event loop; larger passes run in a thread.
    """

    def __init__(
        self,
        prepared: PreparedModel,
        batch_limit: int,
        on_pass: Callable[[int], None],
        loop_multiplications: int = FIXED_LIMITS.event_loop_multiplications,
    ) -> None:
        self._prepared = prepared
        self._limit = batch_limit
        self._on_pass = on_pass
        self._loop_multiplications = loop_multiplications
        self._pending: deque[_Pending] = deque()
        self._is_running = False
        self.open()

    async def __call__(self, images: Pixels) -> Predictions:
        """Predict the images of one request, of shape (n, inputs)."""
        loop = asyncio.get_running_loop()
        pending = _Pending(images, loop.create_future())
        self._pending.append(pending)
        if not self._is_running:
            self._is_running = True
            loop.call_soon(self._run_pass)  # after all else that is ready now, so that its images come along
        return await pending.answer

    def use(self, prepared: PreparedModel) -> None:
        """Use another model from the next pass on; any thread may call this."""
        self._prepared = prepared

    def open(self) -> None:
        """Start the thread, for the first time or again."""
        self._thread = ThreadPoolExecutor(1, "mnist-nn-forward")

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)

    def _run_pass(self) -> None:
        """Run one pass, here if it is short, else in the thread."""
        batch = self._take_batch()
        rows = sum(len(one.images) for one in batch)
        ask = partial(self._ask, batch)
        if rows * self._prepared.multiplications <= self._loop_multiplications:
            self._distribute(batch, ask)
        else:
            job = asyncio.wrap_future(self._submit(ask))
            job.add_done_callback(lambda job: self._distribute(batch, job.result))

    def _submit(self, ask: Callable[[], Predictions]) -> Future[Predictions]:
        """Submit a pass to the thread; if the server is stopping and it accepts no more, that error is the result."""
        try:
            return self._thread.submit(ask)
        except RuntimeError as error:
            failed: Future[Predictions] = Future()
            failed.set_exception(error)
            return failed

    def _ask(self, batch: list[_Pending]) -> Predictions:
        images = np.concatenate([one.images for one in batch]) if len(batch) > 1 else batch[0].images
        self._on_pass(len(images))
        return self._prepared.predict(images)

    def _distribute(self, batch: list[_Pending], result: Callable[[], Predictions]) -> None:
        """Give each request its rows or the error; then start a pass for the requests that arrived meanwhile."""
        try:
            _resolve(batch, result())
        except Exception as error:  # noqa: BLE001 those that wait must hear of it
            _reject(batch, error)
        self._is_running = bool(self._pending)
        if self._is_running:
            asyncio.get_running_loop().call_soon(self._run_pass)

    def _take_batch(self) -> list[_Pending]:
        """Take the earliest requests, as many as fit, but at least one."""
        batch = [self._pending.popleft()]
        rows = len(batch[0].images)
        while self._pending and rows + len(self._pending[0].images) <= self._limit:
            batch.append(self._pending.popleft())
            rows += len(batch[-1].images)
        return batch


def _resolve(batch: list[_Pending], found: Predictions) -> None:
    start = 0
    for images, answer in batch:
        if not answer.done():  # its client may have left
            answer.set_result(found.take(slice(start, start + len(images))))
        start += len(images)


def _reject(batch: list[_Pending], error: Exception) -> None:
    for one in batch:
        if not one.answer.done():
            one.answer.set_exception(error)
