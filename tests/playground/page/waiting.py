"""Wait for a page to come to something; what it says is told where it never does."""

import time
from typing import Any

PATIENCE = 60.0  # seconds, on a machine that has much else to do


def until(page: Any, script: str) -> Any:
    """Wait until a script gives something that is true; the page's policy forbids evaluating it in the page itself."""
    end = time.monotonic() + PATIENCE
    while not (value := page.evaluate(script)):
        assert time.monotonic() < end, f"never true: {script}; the page says: {page.inner_text('main')}"
        time.sleep(0.05)
    return value
