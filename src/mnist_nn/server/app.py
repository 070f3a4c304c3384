"""The application: a service, its addresses, and what is said where something is wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from mnist_nn.model_file.storage import Model
from mnist_nn.server import metadata, openapi
from mnist_nn.server.http.exception_handlers import STATUS, invalid, refused, unreadable
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.http.middleware import Gate
from mnist_nn.server.inference import routes
from mnist_nn.server.limits import Limits
from mnist_nn.server.service import Service


def build(model: Model, name: str, limits: Limits, log: RequestLog, engine: str) -> FastAPI:
    """Put an application together."""
    service = Service.of(model, name, limits, log, engine)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        service.warm()
        yield
        service.close()

    app: FastAPI = FastAPIOffline(
        title="mnist-nn",
        version=version("mnist-nn"),
        description=openapi.ABOUT,
        lifespan=life,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    routes.add(app, service)  # first: addresses are tried in this order
    metadata.add(app, service)
    app.state.paths = frozenset(getattr(route, "path", "") for route in app.routes)  # those that logs may name
    app.add_middleware(Gate, service=service)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    for kind in STATUS:
        app.add_exception_handler(kind, unreadable)
    return app
