"""Wait for a page to come to something; what it says is told where it never does."""

from typing import Any

from patience import wait_for


def until(page: Any, script: str) -> Any:
    """Wait until a script gives something that is true; the page's policy forbids evaluating it in the page itself."""
    return wait_for(
        lambda: page.evaluate(script), lambda: f"never true: {script}; the page says: {page.inner_text('main')}"
    )
