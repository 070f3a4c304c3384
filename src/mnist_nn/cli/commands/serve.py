"""``mnist-nn serve``: serve a model over HTTP."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.model_file.storage import Model as LoadedModel

Model = Annotated[
    Path | None,
    typer.Argument(help="A model file.", metavar="MODEL", show_default="the model that comes with the package"),
]
Name = Annotated[
    str,
    typer.Option("--name", help="The model's name in requests.", metavar="NAME", rich_help_panel=help_page.SERVER),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-origin",
        help="Let web pages of this origin, such as https://app.example, read the answers; * for all pages. "
        "You can repeat this option.",
        metavar="ORIGIN",
        show_default="none",
        rich_help_panel=help_page.SERVER,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", help="Log only errors, not every request.", rich_help_panel=help_page.OUTPUT),
]


def _limit(name: str, what: str, default: str, unit: str) -> Any:
    return typer.Option(name, help=what, metavar=unit, show_default=default, rich_help_panel=help_page.LIMITS)


def serve(
    model: Model = None,
    name: Name = "digits",
    host: options.Host = options.THIS_MACHINE,
    port: options.Port = 8000,
    allow_host: options.AllowHost = None,
    allow_origin: AllowOrigin = None,
    engine: options.Engine = "auto",
    body_limit: Annotated[
        int | None, _limit("--body-limit", "Largest size of a request body, in bytes.", "16 MiB", "BYTES")
    ] = None,
    header_limit: Annotated[
        int | None, _limit("--header-limit", "Largest size of the request headers, in bytes.", "16 KiB", "BYTES")
    ] = None,
    row_limit: Annotated[
        int | None, _limit("--row-limit", "Largest number of images in an infer request.", "1024", "N")
    ] = None,
    batch_limit: Annotated[
        int | None, _limit("--batch-limit", "Largest number of images in one forward pass.", "256", "N")
    ] = None,
    request_limit: Annotated[
        int | None, _limit("--request-limit", "Largest number of requests handled at once.", "128", "N")
    ] = None,
    connection_limit: Annotated[
        int | None, _limit("--connection-limit", "Largest number of open connections.", "1000", "N")
    ] = None,
    reading_limit: Annotated[
        int | None, _limit("--reading-limit", "Largest number of pictures read at once.", "2", "N")
    ] = None,
    pixel_limit: Annotated[
        int | None, _limit("--pixel-limit", "Largest number of pixels in a page.", "64 million", "N")
    ] = None,
    page_limit: Annotated[
        int | None, _limit("--page-limit", "Largest number of pages in a picture.", "20", "N")
    ] = None,
    decode_seconds: Annotated[
        float | None, _limit("--decode-seconds", "Longest processor time for decoding a picture.", "10", "SECONDS")
    ] = None,
    header_seconds: Annotated[
        float | None, _limit("--header-seconds", "How long to wait for the headers of a request.", "10", "SECONDS")
    ] = None,
    body_seconds: Annotated[
        float | None, _limit("--body-seconds", "How long to wait for the body of a request.", "30", "SECONDS")
    ] = None,
    answer_seconds: Annotated[
        float | None, _limit("--answer-seconds", "How long to wait for a client to take its response.", "30", "SECONDS")
    ] = None,
    idle_seconds: Annotated[
        float | None, _limit("--idle-seconds", "How long to keep an idle connection open.", "60", "SECONDS")
    ] = None,
    stop_seconds: Annotated[
        float | None,
        _limit("--stop-seconds", "How long running requests may go on when the server stops.", "10", "SECONDS"),
    ] = None,
    quiet: Quiet = False,
    json: options.Json = False,
) -> int:
    """Serve a model over HTTP.

    Answers requests in the Open Inference Protocol, and reads pictures.

    For example: mnist-nn serve mnist-model.safetensors --port 8080
    """
    given = {
        key: value for key, value in locals().items() if key.endswith(("_limit", "_seconds")) and value is not None
    }
    # NumPy is not loaded yet. Its products are small here: threads would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from mnist_nn.server import Limits, create_app, explain_missing_extra

    try:
        from mnist_nn.server.http import lifecycle, logs
    except ModuleNotFoundError as error:
        raise explain_missing_extra(error) from error

    def announce(url: str) -> None:
        if json:
            _print_document(url=url, name=name, engine=app.state.service.prepared.engine)
        else:
            say(f"Serving {name} at {url} (press Ctrl-C to stop it).", flush=True)

    with logs.log_to(sys.stderr):
        log = None if quiet else sys.stderr
        app = create_app(
            _load(model), name=name, limits=Limits(**given), log=log, engine=engine, allow_origins=allow_origin or ()
        )
        server = lifecycle.Server(
            app, host, port, allow_hosts=allow_host or (), reload=lambda: _load(model), listening=announce
        )
        return INTERRUPTED if server.serve_until_stopped() in {signal.SIGINT, lifecycle.HANGUP} else 0


def _print_document(**listening: str) -> None:
    from mnist_nn.cli.documents.serve import ServeDocument
    from mnist_nn.util.documents import as_json

    print(as_json(ServeDocument(**listening, pid=os.getpid()), indent=None), flush=True)


def _load(path: Path | None) -> "LoadedModel":
    from mnist_nn.model_file.storage import load
    from mnist_nn.reading.reader_model import load_reader_model

    return load_reader_model() if path is None else load(path)
