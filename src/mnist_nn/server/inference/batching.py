"""Requests that come together go through the network together.

A request that comes alone is answered at once. What arrives while a pass runs waits for it to end, and goes into the
next one together. Rows keep their order; a request's rows stay in one pass.
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

AT_ONCE = 20_000_000  # multiplications, some milliseconds: less is not worth sending to a thread


class _Waiting(NamedTuple):
    images: Pixels
    answered: "asyncio.Future[Predictions]"


class Batcher:
    """Asks one model about the images of many requests.

    Parameters
    ----------
    prepared
        The model.
    batch_limit
        Most images of a pass, unless one request has more.
    passed
        Hears of the images of every pass.
    """

    def __init__(self, prepared: PreparedModel, batch_limit: int, passed: Callable[[int], None]) -> None:
        self._prepared = prepared
        self._limit = batch_limit
        self._passed = passed
        self._waiting: deque[_Waiting] = deque()
        self._is_working = False
        self.open()

    async def __call__(self, images: Pixels) -> Predictions:
        """Answer the images of one request, of shape (n, inputs)."""
        loop = asyncio.get_running_loop()
        mine = _Waiting(images, loop.create_future())
        self._waiting.append(mine)
        if not self._is_working:
            self._is_working = True
            loop.call_soon(self._pass)  # after all else that is ready now, so that its images come along
        return await mine.answered

    def open(self) -> None:
        """Get ready, for the first time or again."""
        self._thread = ThreadPoolExecutor(1, "mnist-nn-forward")

    def close(self) -> None:
        """Give the thread back."""
        self._thread.shutdown(wait=False)

    def _pass(self) -> None:
        """Run one pass: here if it is short, else in the thread."""
        batch = self._next()
        rows = sum(len(one.images) for one in batch)
        ask = partial(self._ask, batch)
        if rows * self._prepared.multiplications <= AT_ONCE:
            self._hand_out(batch, ask)
        else:
            job = asyncio.wrap_future(self._submitted(ask))
            job.add_done_callback(lambda job: self._hand_out(batch, job.result))

    def _submitted(self, ask: Callable[[], Predictions]) -> Future[Predictions]:
        """Hand a pass to the thread; that none takes it, as while the server stops, becomes its result."""
        try:
            return self._thread.submit(ask)
        except RuntimeError as error:
            failed: Future[Predictions] = Future()
            failed.set_exception(error)
            return failed

    def _ask(self, batch: list[_Waiting]) -> Predictions:
        images = np.concatenate([one.images for one in batch]) if len(batch) > 1 else batch[0].images
        self._passed(len(images))
        return self._prepared.predict(images)

    def _hand_out(self, batch: list[_Waiting], result: Callable[[], Predictions]) -> None:
        """Give everybody their rows, or what went wrong; then it is the turn of those who came meanwhile."""
        try:
            _give(batch, result())
        except Exception as error:  # noqa: BLE001 those who wait must hear of it
            _fail(batch, error)
        self._is_working = bool(self._waiting)
        if self._is_working:
            asyncio.get_running_loop().call_soon(self._pass)

    def _next(self) -> list[_Waiting]:
        """Take those who came first, as many as fit; the first fits always."""
        batch = [self._waiting.popleft()]
        rows = len(batch[0].images)
        while self._waiting and rows + len(self._waiting[0].images) <= self._limit:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].images)
        return batch


def _give(batch: list[_Waiting], found: Predictions) -> None:
    start = 0
    for images, answered in batch:
        if not answered.done():  # its client may have gone
            answered.set_result(found.take(slice(start, start + len(images))))
        start += len(images)


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.answered.done():
            one.answered.set_exception(error)
