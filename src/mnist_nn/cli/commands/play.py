"""``mnist-nn play``: the playground in the browser, or as a folder for any file host."""

from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.playground.server import Server

DEFAULT = Path("mnist-model.safetensors")

Model = Annotated[
    Path | None,
    typer.Argument(
        help="A model to begin with.", show_default="mnist-model.safetensors, if it is here", metavar="MODEL"
    ),
]
Record = Annotated[
    list[Path] | None,
    typer.Option(
        "--record",
        help="Show a recording that mnist-nn train --record wrote in the time machine; may be given again.",
        metavar="FILE",
    ),
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the browser.", rich_help_panel=help_page.SERVER)]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        help="Write a static site for any file host instead of serving one.",
        metavar="DIR",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Let --export write into a folder that is not empty.", rich_help_panel=help_page.OUTPUT
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON document on standard output, and then serve.", rich_help_panel=help_page.OUTPUT
    ),
]


def play(
    model: Model = None,
    record: Record = None,
    host: options.Host = options.THIS_MACHINE,
    port: options.Port = 0,
    no_open: NoOpen = False,
    export: Export = None,
    force: Force = False,
    json: Json = False,
) -> int:
    """Open the playground in the browser.

    Draw a digit, look inside the network, do the arithmetic by hand, watch it learn.

    For example: mnist-nn play mnist-model.safetensors
    """
    from mnist_nn.playground.server import Server
    from mnist_nn.playground.site import build_site, export_site, train_classic

    _check_together(export, force=force, serves=no_open or (host, port) != (options.THIS_MACHINE, 0))
    if model is None and DEFAULT.is_file():
        model = DEFAULT
    site = build_site(model, record or ())
    if export is not None:
        size = export_site(site, export, force=force)
        if json:
            _print_document(model, record or [], folder=export, bytes=size)
            return 0
        print(f"The playground is in {export} ({size / 1e6:.1f} MB); any file host can serve it, for example:")
        print(f"python -m http.server --bind 127.0.0.1 --directory {export}")
        return 0
    with Server(site, host, port) as server, suppress(KeyboardInterrupt):
        if json:
            _print_document(model, record or [], url=server.url)
        else:
            _announce(server.url, model, record or [])
        Thread(target=train_classic, daemon=True).start()  # so that it is there when the microscope asks
        if not no_open:
            _open(server, quiet=json)
        server.serve_forever()
    return INTERRUPTED


def _print_document(model: Path | None, record: list[Path], **where: Any) -> None:
    from mnist_nn.cli.documents.play import PlayDocument
    from mnist_nn.util.documents import as_json

    nowhere = {"url": None, "folder": None, "bytes": None}
    print(as_json(PlayDocument(**{**nowhere, **where}, model=model, recordings=record)), flush=True)


def _check_together(export: Path | None, *, force: bool, serves: bool) -> None:
    """Refuse options that have no effect with the others."""
    if force and export is None:
        raise ConfigError("--force has no effect without --export DIR; leave it out, or export the playground")
    if serves and export is not None:
        raise ConfigError(
            "--host, --port and --no-open have no effect with --export, which serves nothing; leave them out"
        )


def _announce(url: str, model: Path | None, record: list[Path]) -> None:
    print(f"The playground is at {url} (Ctrl-C stops it).", flush=True)
    if model is not None:
        print(f"It begins with {model}.", flush=True)
    if record:
        print(f"Its time machine has {', '.join(map(str, record))}.", flush=True)


def _open(server: "Server", *, quiet: bool) -> None:
    import webbrowser

    if not webbrowser.open(server.url) and not quiet:
        print("There is no browser to open here: open the address yourself.", flush=True)
