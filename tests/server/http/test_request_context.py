"""What is known of a request: its identifier above all."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from mnist_nn.server.http.request_context import CONTEXT_KEY, RequestContext, choose_id, get_context
from mnist_nn.server.limits import FIXED_LIMITS

Run = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("order-66", True),
        ("a" * FIXED_LIMITS.request_id_characters, True),
        ("a" * (FIXED_LIMITS.request_id_characters + 1), False),
        ("two words", False),
        ("", False),
    ],
)
def test_every_answer_carries_a_request_id(client: httpx.Client, given: str, kept: bool) -> None:
    for path in ("/v2", "/nowhere"):
        found = client.get(path, headers={"X-Request-ID": given}).headers["x-request-id"]
        assert (found == given) == kept
        assert found


def test_it_is_found_where_it_was_put_and_knows_how_long_it_takes() -> None:
    context = RequestContext(choose_id(), "GET")
    assert get_context({CONTEXT_KEY: context}) is context
    before = context.seconds
    assert 0 < before < context.seconds


def test_no_two_requests_get_the_same_identifier() -> None:
    assert len({choose_id() for _ in range(100)}) == 100
