"""The routes on which a server describes itself: health, metadata, metrics, and a list of all addresses."""

from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, PlainTextResponse

from mnist_nn.server.http.metrics import CONTENT_TYPE
from mnist_nn.server.inference.routes import MODEL_VERSION, model_paths
from mnist_nn.server.openapi import Contents, Live, ModelMetadata, Ready, Responses, ServerMetadata
from mnist_nn.server.service import Service

SERVER_PATHS = ("/v2", "/v2/")  # the protocol's text has one, its OpenAPI document the other
EXTENSIONS = ["binary_tensor_data"]
PLATFORM = "mnist_nn_safetensors"


def add_status_routes(app: FastAPI, service: Service) -> None:
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

    @app.get("/", tags=["metadata"], response_model=Contents, response_description="All addresses.")
    async def contents(request: Request) -> Response:
        """List all addresses."""
        paths = request.app.openapi()["paths"]
        addresses = {
            f"{verb.upper()} {path}": operation["description"]
            for path, operations in paths.items()
            for verb, operation in operations.items()
        }
        return JSONResponse({**server, "documentation": "/docs", "addresses": addresses})

    async def server_metadata() -> Response:
        """Describe the server."""
        return JSONResponse(server)

    for path in SERVER_PATHS:
        add = app.get(path, tags=["metadata"], response_model=ServerMetadata, response_description="The server.")
        add(server_metadata)

    async def model_metadata() -> Response:
        """Describe the inputs and outputs of the model."""
        return JSONResponse(model)

    for path in model_paths(service.name):
        add = app.get(path, tags=["metadata"], response_model=ModelMetadata, response_description="The model.")
        add(model_metadata)


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/v2/health/live", tags=["health"], response_model=Live, response_description="The server is running.")
    async def live() -> Response:
        """Say that the server is running."""
        return JSONResponse({"live": True})

    async def ready() -> Response:
        """Say whether the model accepts requests; it does not before it is warm, nor while the server stops."""
        return JSONResponse({"name": service.name, "ready": service.is_ready}, 200 if service.is_ready else 503)

    not_ready: Responses = {503: {"model": Ready, "description": "The model is not ready."}}
    for path in ("/v2/health/ready", *(f"{model}/ready" for model in model_paths(service.name))):
        add = app.get(
            path, tags=["health"], response_model=Ready, response_description="The model is ready.", responses=not_ready
        )
        add(ready)


def _add_metrics(app: FastAPI, service: Service) -> None:
    @app.get("/metrics", tags=["metadata"], response_class=PlainTextResponse, response_description="The metrics.")
    async def metrics() -> Response:
        """Show the metrics for Prometheus."""
        return Response(service.metrics.render(), media_type=CONTENT_TYPE)
