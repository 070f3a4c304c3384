"""A model over HTTP: the Open Inference Protocol for programs, and pictures for people. docs/serving.md describes it.

Data flows one way: `http.connections` (bytes, slow clients) → `http.middleware` (log, metrics, request limit) → `app`
(routes) → `http.request_body` → `inference` or `pictures` → the library, which owns all numerics.
"""

from typing import TYPE_CHECKING, TextIO

from mnist_nn.errors import MissingExtraError
from mnist_nn.model_file.storage import Model
from mnist_nn.server.limits import Limits

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Limits", "create_app"]


def create_app(
    model: Model,
    *,
    name: str = "digits",
    limits: Limits | None = None,
    log: TextIO | None = None,
    engine: str = "auto",
) -> "FastAPI":
    """Make the application that serves a model; any ASGI server can run it, and `http.lifecycle` does with more care.

    Parameters
    ----------
    model
        The model.
    name
        What clients call it.
    limits
        What is too much; None for the defaults.
    log
        Where to write a line of JSON for each request; None for nowhere.
    engine
        What computes predictions, one of `mnist_nn.engines.select.available`; ``auto`` is the compiled one where its
        machine code is ready, else NumPy.

    Raises
    ------
    ConfigError
        If the name cannot be part of an address, or the engine cannot compute this model.
    MissingExtraError
        If FastAPI or what it needs is not installed.

    Examples
    --------
    >>> from mnist_nn.nn.network import Network
    >>> create_app(Model(Network.create())).title
    'mnist-nn'
    """
    try:
        from mnist_nn.server.app import build_app  # noqa: PLC0415 an extra
        from mnist_nn.server.http.logs import RequestLog  # noqa: PLC0415 likewise
    except ModuleNotFoundError as error:
        raise explain_missing_extra(error) from error
    return build_app(model, name, limits or Limits(), RequestLog(log), engine)


def explain_missing_extra(error: ModuleNotFoundError) -> MissingExtraError:
    """Make the error that says what to install."""
    return MissingExtraError(f"serving needs {error.name}; install it: pip install 'mnist-nn[serve]'")
