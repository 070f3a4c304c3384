"""The routes that use the model: ``infer``, from tensors to predictions, and ``read``, from pictures to numbers."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from mnist_nn.reading.document import ReadDocument
from mnist_nn.server import openapi
from mnist_nn.server.http.request_body import read_body
from mnist_nn.server.http.request_context import get_context
from mnist_nn.server.inference.protocol import HEADER_LENGTH_KEY, parse_request, write_response
from mnist_nn.server.limits import FIXED_LIMITS
from mnist_nn.server.pictures import Pictures, ReadOptions, find_picture
from mnist_nn.server.service import Service

OPTION_NAMES = tuple(field.name for field in fields(ReadOptions))
MODEL_VERSION = "1"  # a server has one version of one model


def model_paths(name: str) -> tuple[str, str]:
    """Return the addresses of the model, without and with its version."""
    return f"/v2/models/{name}", f"/v2/models/{name}/versions/{MODEL_VERSION}"


def add_inference_routes(app: FastAPI, service: Service) -> None:
    """Add the routes; ``/read`` exists only for a model of digits."""
    _add_infer(app, service)
    if isinstance(service.pictures, Pictures):
        _add_read(app, service, service.pictures)


def _add_infer(app: FastAPI, service: Service) -> None:
    signature, limits, predict, name = service.signature, service.limits, service.batcher, service.name

    async def infer(request: Request) -> Response:
        """Classify the digit on each image, with probabilities."""
        context = get_context(request.scope)
        body = await read_body(request.scope, request.receive, limits)
        asked = parse_request(body, context.headers.get(HEADER_LENGTH_KEY), signature, limits)
        context.rows = len(asked.images)
        content, headers = write_response(asked, await predict(asked.images), name, MODEL_VERSION)
        return Response(content, headers=headers)

    requests = openapi.describe_infer_request(signature, limits)
    responses = openapi.describe_infer_response(signature) | openapi.describe_errors(400, 408, 413, 415, 503)
    for path in model_paths(name):
        # The plain route comes first and answers, for half of what the framework costs; the other is its documentation.
        app.add_route(f"{path}/infer", infer, ["POST"])
        app.post(f"{path}/infer", tags=["inference"], responses=responses, openapi_extra=requests)(infer)


def _add_read(app: FastAPI, service: Service, pictures: Pictures) -> None:
    @app.post(
        "/read",
        tags=["inference"],
        response_model=ReadDocument,
        response_description="The pages.",
        openapi_extra=openapi.describe_picture(),
        responses=openapi.describe_errors(400, 408, 413, 415, 422, 503),
    )
    async def read(
        request: Request,
        field: Annotated[
            bool, Query(description="Treat each page as one field of a form, with a single number on it.")
        ] = False,
        length: Annotated[int | None, Query(ge=1, description="Number of digits in every number.")] = None,
        pattern: Annotated[
            str | None,
            Query(
                description="What each position of a number may be: a digit, `?` for any digit, or a set in brackets.",
                examples=["20[0-3]?"],
            ),
        ] = None,
        one_of: Annotated[
            str | None,
            Query(
                max_length=FIXED_LIMITS.one_of_characters,
                description="The possible numbers, separated by commas.",
                examples=["1207,1911"],
            ),
        ] = None,
        checksum: Annotated[
            Literal["none", "luhn", "isbn"], Query(description="Kind of check digit at the end of every number.")
        ] = "none",
        max_error: Annotated[
            float | None, Query(gt=0, lt=1, description="Largest share of wrong numbers among the accepted ones.")
        ] = None,
        max_error_per_digit: Annotated[
            float | None,
            Query(
                gt=0,
                lt=1,
                description="Largest share of wrong digits among those accepted; without `max_error`, the only limit.",
            ),
        ] = None,
    ) -> Response:
        """Read the numbers in a picture, and say how far each can be trusted."""
        unknown = sorted(set(request.query_params) - set(OPTION_NAMES))
        if unknown:
            raise HTTPException(422, f"there is no option {unknown[0][:40]!r}; choose from: {', '.join(OPTION_NAMES)}")
        values = None if one_of is None else tuple(value.strip() for value in one_of.split(","))
        options = ReadOptions(field, length, pattern, values, checksum, max_error, max_error_per_digit)
        with pictures.admit():
            body = await read_body(request.scope, request.receive, service.limits)
            picture, file = await find_picture(request.scope, body)
            pages = await pictures(picture, file, options, request.receive)
        for decision in _list_decisions(pages):
            service.metrics.count_decision(decision)
        return JSONResponse(pages)


def _list_decisions(pages: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a decision for each number, and one for each page without numbers."""
    for page in pages:
        if "decision" in page:
            yield from (number["decision"] for number in page["numbers"] or [page])
