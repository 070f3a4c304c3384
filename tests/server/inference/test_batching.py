"""Requests that come together go through the network together, and nobody's answer is another's."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Model, Network, NetworkConfig
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.server.inference import batching
from mnist_nn.server.inference.batching import Batcher
from mnist_nn.server.inference.predictor import prepare_model

Expected = Callable[[Any], Predictions]


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread of its own: Playwright's tests leave a loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def batcher_of(model: Model, limit: int = 256, passed: Callable[[int], None] = lambda _: None) -> Batcher:
    return Batcher(prepare_model(model, "reference", limit), limit, passed)


def ask(model: Model, parts: list[Any], limit: int = 256) -> tuple[list[Any], list[int]]:
    """Send all at once; return the answers and the images of each pass."""
    passes: list[int] = []

    async def all_of_them() -> list[Any]:
        batcher = batcher_of(model, limit, passes.append)
        try:
            return await asyncio.gather(*map(batcher, parts), return_exceptions=True)
        finally:
            batcher.close()

    return in_a_loop(all_of_them()), passes


def test_a_pass_that_fails_is_the_last_of_nobody(small_model: Model) -> None:
    async def first_and_second() -> list[Any]:
        batcher = batcher_of(small_model)
        batcher.close()
        large, small = np.zeros((2000, 784), np.uint8), np.zeros((1, 784), np.uint8)
        failed = await asyncio.wait_for(asyncio.gather(batcher(large), return_exceptions=True), 10)
        return [*failed, await asyncio.wait_for(batcher(small), 10)]

    failed, answered = in_a_loop(first_and_second())
    assert isinstance(failed, RuntimeError)
    assert len(answered.label) == 1


@pytest.mark.parametrize("threshold", [batching.AT_ONCE, 0], ids=["here", "in the thread"])
def test_each_gets_the_answers_to_its_own_images(
    small_model: Model, mnist: Dataset, expected: Expected, monkeypatch: pytest.MonkeyPatch, threshold: int
) -> None:
    monkeypatch.setattr(batching, "AT_ONCE", threshold)
    images = mnist.test.images[:60].reshape(60, 784)
    parts = np.split(images, [1, 2, 7, 8, 30])
    answers, passes = ask(small_model, parts)
    assert passes == [60], "they came together"
    for part, answer in zip(parts, answers, strict=True):
        predictions = expected(part)
        np.testing.assert_array_equal(answer.label, predictions.probabilities.argmax(axis=1))
        np.testing.assert_allclose(answer.probabilities, predictions.probabilities, atol=1e-6)
        np.testing.assert_allclose(answer.confidence, predictions.confidence, atol=1e-6)


def test_a_pass_has_as_many_images_as_fit_in_the_order_they_came(small_model: Model, mnist: Dataset) -> None:
    images = mnist.test.images[:40].reshape(40, 784)
    _, passes = ask(small_model, np.split(images, [4, 8, 12, 30]), limit=10)
    assert passes == [8, 4, 18, 10], "the request of 18 goes alone, and whole"


def test_one_that_comes_alone_is_answered_at_once(small_model: Model, mnist: Dataset) -> None:
    """It waits for nobody: as many passes as requests, each of one image."""
    passes: list[int] = []

    async def one_by_one() -> None:
        batcher = batcher_of(small_model, passed=passes.append)
        for image in mnist.test.images[:5]:
            await batcher(image.reshape(1, 784))

    in_a_loop(one_by_one())
    assert passes == [1] * 5


def test_what_arrives_while_a_pass_runs_goes_together_into_the_next(
    small_model: Model, mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "AT_ONCE", 0)  # so that all passes run in the thread
    images = mnist.test.images[:2000].reshape(-1, 784)
    passes: list[int] = []

    async def late() -> None:
        batcher = batcher_of(small_model, 2000, passes.append)
        first = asyncio.create_task(batcher(images))
        while not passes:  # noqa: ASYNC110 the batcher tells nobody when it begins but this list
            await asyncio.sleep(0)
        await asyncio.gather(first, *(batcher(images[n : n + 1]) for n in range(7)))
        batcher.close()

    in_a_loop(late())
    assert passes == [2000, 7]


def test_company_changes_no_label_and_no_more_than_the_last_bits(small_model: Model, mnist: Dataset) -> None:
    """NumPy's products round by the shape of the whole, so the very bits are not promised; seven digits are."""
    images = mnist.test.images[:200].reshape(-1, 784)
    alone = [ask(small_model, [image[None]])[0][0] for image in images[:20]]
    (together,), _ = ask(small_model, [images])
    for n, answer in enumerate(alone):
        assert answer.label[0] == together.label[n]
        np.testing.assert_allclose(answer.probabilities[0], together.probabilities[n], rtol=0, atol=5e-7)


def test_who_leaves_takes_nobody_along(small_model: Model, mnist: Dataset, expected: Expected) -> None:
    image = mnist.test.images[:1].reshape(1, 784)

    async def some_leave() -> list[Any]:
        batcher = batcher_of(small_model)
        tasks = [asyncio.create_task(batcher(image)) for _ in range(4)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[2].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third, fourth = in_a_loop(some_leave())
    assert isinstance(first, asyncio.CancelledError)
    assert isinstance(third, asyncio.CancelledError)
    for answer in (second, fourth):
        np.testing.assert_allclose(answer.probabilities, expected(image).probabilities, atol=1e-6)


def test_a_pass_that_fails_is_heard_of_and_the_next_one_goes_on() -> None:
    model = Model(Network.create(NetworkConfig(inputs=4, outputs=3)))

    async def fail_and_go_on() -> tuple[Any, Any]:
        batcher = batcher_of(model)
        bad = await asyncio.gather(batcher(np.zeros((1, 5), np.uint8)), return_exceptions=True)
        return bad[0], await batcher(np.zeros((2, 4), np.uint8))

    error, answer = in_a_loop(fail_and_go_on())
    assert "5 values" in str(error)
    assert answer.probabilities.shape == (2, 3)
