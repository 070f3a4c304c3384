"""What a server says of itself: health, metadata, figures, and a list of all addresses."""

from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from mnist_nn.server import openapi
from mnist_nn.server.http.metrics import CONTENT_TYPE
from mnist_nn.server.inference.routes import MODEL_VERSION, model_paths
from mnist_nn.server.openapi import TEXT, TRUTH, fields, listed
from mnist_nn.server.service import Service

EXTENSIONS = ["binary_tensor_data"]
PLATFORM = "mnist_nn_safetensors"


def add_metadata_routes(app: FastAPI, service: Service) -> None:
    """Add the routes."""
    _add_metadata(app, service)
    _add_health(app, service)
    _add_metrics(app, service)


def _add_metadata(app: FastAPI, service: Service) -> None:
    server = {"name": "mnist-nn", "version": version("mnist-nn"), "extensions": EXTENSIONS}
    model = {
        "name": service.name,
        "versions": [MODEL_VERSION],
        "platform": PLATFORM,
        "inputs": [service.signature.input.to_dict()],
        "outputs": [tensor.to_dict() for tensor in service.signature.outputs],
    }
    schema = fields(name=TEXT, version=TEXT, extensions=listed(TEXT))

    @app.get("/", tags=["metadata"], responses=openapi.answer("All addresses.", {"type": "object"}))
    async def contents(request: Request) -> Response:
        """List what is here."""
        paths = request.app.openapi()["paths"]
        here = {
            f"{verb.upper()} {path}": what["description"]
            for path, verbs in paths.items()
            for verb, what in verbs.items()
        }
        return JSONResponse({**server, "documentation": "/docs", "addresses": here})

    @app.get("/v2", tags=["metadata"], responses=openapi.answer("The server.", schema))
    async def server_metadata() -> Response:
        """Say what server this is."""
        return JSONResponse(server)

    async def model_metadata() -> Response:
        """Say what the model takes and gives."""
        return JSONResponse(model)

    for path in model_paths(service.name):
        app.get(path, tags=["metadata"], responses=openapi.answer("The model.", openapi.metadata()))(model_metadata)


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/v2/health/live", tags=["health"], responses=openapi.answer("It runs.", fields(live=TRUTH)))
    async def live() -> Response:
        """Tell that the server runs."""
        return JSONResponse({"live": True})

    async def ready() -> Response:
        """Tell whether the model takes requests: not before it is warm, and not while the server stops."""
        return JSONResponse({"name": service.name, "ready": service.is_ready}, 200 if service.is_ready else 503)

    described = openapi.answer("It is.", fields(name=TEXT, ready=TRUTH)) | {503: {"description": "It is not."}}
    for path in ("/v2/health/ready", *(f"{model}/ready" for model in model_paths(service.name))):
        app.get(path, tags=["health"], responses=described)(ready)


def _add_metrics(app: FastAPI, service: Service) -> None:
    described = openapi.answer("Figures.", TEXT, "text/plain")

    @app.get("/metrics", tags=["metadata"], response_class=Response, responses=described)
    async def metrics() -> Response:
        """Show what Prometheus collects."""
        return Response(service.metrics.render(), media_type=CONTENT_TYPE)
