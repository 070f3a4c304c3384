"""``mnist-nn serve``: a model over HTTP."""

import json as json_text
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import options
from mnist_nn.cli.common.exit_codes import INTERRUPTED

if TYPE_CHECKING:
    from mnist_nn.model_file.storage import Model as LoadedModel

Model = Annotated[Path | None, typer.Argument(help="A model file; by default the reader's own.", metavar="MODEL")]
Name = Annotated[str, typer.Option("--name", help="What clients call the model.", metavar="NAME")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No log line for each request; only faults.")]


def _limit(name: str, what: str, unit: str = "N") -> Any:
    return typer.Option(name, help=what, metavar=unit, show_default=False)


def serve(
    model: Model = None,
    name: Name = "digits",
    host: options.Host = "127.0.0.1",
    port: options.Port = 8000,
    engine: options.Engine = "auto",
    body_limit: Annotated[int | None, _limit("--body-limit", "Most bytes of a body (16 MiB).")] = None,
    header_limit: Annotated[int | None, _limit("--header-limit", "Most bytes of the headers (16 KiB).")] = None,
    row_limit: Annotated[int | None, _limit("--row-limit", "Most images of an infer request (1024).")] = None,
    batch_limit: Annotated[int | None, _limit("--batch-limit", "Most images of a forward pass (256).")] = None,
    request_limit: Annotated[int | None, _limit("--request-limit", "Most requests at once (128).")] = None,
    connection_limit: Annotated[int | None, _limit("--connection-limit", "Most open connections (1000).")] = None,
    reading_limit: Annotated[int | None, _limit("--reading-limit", "Most pictures read at once (2).")] = None,
    pixel_limit: Annotated[int | None, _limit("--pixel-limit", "Most pixels of a page (64 million).")] = None,
    page_limit: Annotated[int | None, _limit("--page-limit", "Most pages of a picture (20).")] = None,
    header_seconds: Annotated[
        float | None, _limit("--header-seconds", "Seconds for the headers to arrive (10).", "S")
    ] = None,
    body_seconds: Annotated[float | None, _limit("--body-seconds", "Seconds for a body to arrive (30).", "S")] = None,
    answer_seconds: Annotated[
        float | None, _limit("--answer-seconds", "Seconds for an answer to be taken (30).", "S")
    ] = None,
    idle_seconds: Annotated[
        float | None, _limit("--idle-seconds", "Seconds for the next request to come (60).", "S")
    ] = None,
    stop_seconds: Annotated[
        float | None, _limit("--stop-seconds", "Seconds for requests to end at a stop (10).", "S")
    ] = None,
    quiet: Quiet = False,
    json: options.Json = False,
) -> int:
    """Serve a model over HTTP: the Open Inference Protocol, and pictures to read."""
    given = {
        key: value for key, value in locals().items() if key.endswith(("_limit", "_seconds")) and value is not None
    }
    # NumPy is not loaded yet. Its products are small here: threads would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from mnist_nn.server import Limits, create_app, missing

    try:
        from mnist_nn.server.http import lifecycle, logs
    except ModuleNotFoundError as error:
        raise missing(error) from error

    def listening(url: str) -> None:
        about = {"url": url, "name": name, "engine": app.state.service.prepared.engine, "pid": os.getpid()}
        print(json_text.dumps(about) if json else f"Serving {name} at {url} (Ctrl-C stops it).", flush=True)

    with logs.shown(sys.stderr):
        log = None if quiet else sys.stderr
        app = create_app(_loaded(model), name=name, limits=Limits(**given), log=log, engine=engine)
        server = lifecycle.Server(app, host, port, listening=listening)
        return INTERRUPTED if server.serve_until_stopped() == signal.SIGINT else 0


def _loaded(path: Path | None) -> "LoadedModel":
    from mnist_nn.model_file.storage import load
    from mnist_nn.reading.reader_model import load_reader_model

    return load_reader_model() if path is None else load(path)
