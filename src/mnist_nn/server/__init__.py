"""Serves a model over HTTP: the Open Inference Protocol for programs, and pictures for people (docs/how-to/serve.md).

Data flows one way: `http.connections` (bytes, slow clients) → `http.middleware` (log, metrics, request limit) → `app`
(routes) → `http.request_body` → `inference` or `pictures` → the library, which owns all numerics.
"""

from collections.abc import Sequence
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
    allow_origins: Sequence[str] = (),
) -> "FastAPI":
    """Create the application that serves a model. Any ASGI server can run it; `http.lifecycle` runs it with all limits.

    Parameters
    ----------
    model
        The model.
    name
        The model's name in requests.
    limits
        The limits of the server; None for the defaults.
    log
        Where to write a line of JSON for each request; None for no log.
    engine
        The engine that computes predictions, one of `mnist_nn.engines.select.available`.
    allow_origins
        Origins of web pages whose scripts may read the responses, such as ``https://app.example``; ``*`` for all.

    Raises
    ------
    ConfigError
        If the name cannot be part of an address, the engine cannot compute this model, or an origin is not valid.
    MissingExtraError
        If FastAPI or a package that it needs is not installed.

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
    return build_app(model, name, limits or Limits(), RequestLog(log), engine, allow_origins)


def explain_missing_extra(error: ModuleNotFoundError) -> MissingExtraError:
    """Create the error that says what to install."""
    return MissingExtraError(f"serving needs {error.name}; install it with: pip install 'mnist-nn[serve]'")
