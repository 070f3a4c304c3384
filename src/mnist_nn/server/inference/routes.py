"""What a server is for: images to digits, and pictures to numbers."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request, Response
from starlette.responses import JSONResponse

from mnist_nn.server import openapi
from mnist_nn.server.http.exception_handlers import Refusal
from mnist_nn.server.http.request_body import read_body
from mnist_nn.server.http.request_record import record_of
from mnist_nn.server.inference.protocol import LENGTH_KEY, parse, respond
from mnist_nn.server.pictures import Options, Pictures, picture_of
from mnist_nn.server.service import Service

OPTIONS = tuple(field.name for field in fields(Options))
VERSION = "1"  # of the model: a server has one, and never another


def models(name: str) -> tuple[str, str]:
    """The addresses of the model, without its version and with it."""
    return f"/v2/models/{name}", f"/v2/models/{name}/versions/{VERSION}"


def add(app: FastAPI, service: Service) -> None:
    """Add the addresses; a model of something else than digits has no `/read`."""
    _add_infer(app, service)
    if service.pictures:
        _add_read(app, service, service.pictures)


def _add_infer(app: FastAPI, service: Service) -> None:
    contract, limits, ask, name = service.contract, service.limits, service.batcher, service.name

    async def infer(request: Request) -> Response:
        """Name the digit on each image, with probabilities."""
        record = record_of(request.scope)
        body = await read_body(request.scope, request.receive, limits)
        wanted = parse(body, record.headers.get(LENGTH_KEY), contract, limits)
        record.rows = len(wanted.images)
        content, headers = respond(wanted, await ask(wanted.images), name, VERSION)
        return Response(content, headers=headers)

    asked = openapi.infer_body(contract, limits)
    described = openapi.infer_answer(contract) | openapi.errors(400, 408, 413, 415, 503)
    for path in models(name):
        # The plain route comes first and answers, for half of the framework's cost; the other is its documentation.
        app.add_route(f"{path}/infer", infer, ["POST"])
        app.post(f"{path}/infer", tags=["inference"], responses=described, openapi_extra=asked)(infer)


def _add_read(app: FastAPI, service: Service, pictures: Pictures) -> None:
    described = openapi.answer("The pages.", openapi.pages()) | openapi.errors(400, 408, 413, 415, 422, 503)

    @app.post("/read", tags=["inference"], responses=described, openapi_extra=openapi.read_body())
    async def read(
        request: Request,
        length: Annotated[int | None, Query(ge=1, description="How many digits every number has.")] = None,
        checksum: Annotated[
            Literal["none", "luhn", "isbn"], Query(description="What the last digit of every number checks.")
        ] = "none",
        max_error: Annotated[
            float | None, Query(gt=0, lt=1, description="Share of wrong digits to tolerate among those accepted.")
        ] = None,
    ) -> Response:
        """Read the numbers on a picture, and say how far each can be trusted."""
        unknown = sorted(set(request.query_params) - set(OPTIONS))
        if unknown:
            raise Refusal(422, f"there is no option {unknown[0][:40]!r}; choose from: {', '.join(OPTIONS)}")
        body = await read_body(request.scope, request.receive, service.limits)
        picture, file = await picture_of(request.scope, body)
        pages = await pictures(picture, file, Options(length, checksum, max_error), request.receive)
        for verdict in _verdicts(pages):
            service.metrics.read(verdict)
        return JSONResponse(pages)


def _verdicts(pages: list[dict[str, Any]]) -> Iterator[str]:
    """One for each number, and one for each page that has none."""
    for page in pages:
        if "verdict" in page:
            yield from (number["verdict"] for number in page["numbers"] or [page])
