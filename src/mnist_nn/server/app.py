"""The application: a service, its routes, the middleware around them, and the exception handlers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from mnist_nn.model_file.storage import Model
from mnist_nn.server import openapi
from mnist_nn.server.http.exception_handlers import add_exception_handlers
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.http.middleware import add_middleware
from mnist_nn.server.inference.routes import add_inference_routes
from mnist_nn.server.limits import Limits
from mnist_nn.server.service import Service
from mnist_nn.server.status_routes import add_status_routes


def build_app(
    model: Model, name: str, limits: Limits, log: RequestLog, engine: str, allow_origins: Sequence[str] = ()
) -> FastAPI:
    """Assemble an application."""
    service = Service.create(model, name, limits, log, engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.warm_up()
        yield
        service.close()

    app: FastAPI = FastAPIOffline(
        title="mnist-nn",
        version=version("mnist-nn"),
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.hosts = None  # any; `http.lifecycle.Server` says which it listens on
    app.state.idle_connections = {}  # in the order in which they became idle; `http.connections` keeps it
    add_inference_routes(app, service)  # first: routes are tried in this order
    add_status_routes(app, service)
    app.state.paths = frozenset(getattr(route, "path", "") for route in app.routes)  # those that the log may name
    add_middleware(app, service.metrics, log, limits.request_limit, allow_origins)
    add_exception_handlers(app)
    return app
