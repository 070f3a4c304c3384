"""``mnist-nn play``: open the playground in the browser, or write it to a folder for any file host."""

from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.playground.server import Server

DEFAULT = Path("mnist-model.safetensors")

Model = Annotated[
    Path | None,
    typer.Argument(
        help="The model to start with.", show_default="mnist-model.safetensors, if it exists here", metavar="MODEL"
    ),
]
Record = Annotated[
    list[Path] | None,
    typer.Option(
        "--record",
        help="Show this recording in the time machine; mnist-nn train --record writes one. You can repeat this option.",
        metavar="FILE",
    ),
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open a browser.", rich_help_panel=help_page.SERVER)]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        help="Write a static site for any file host instead of starting a server.",
        metavar="DIR",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Let --export write to a folder that is not empty.", rich_help_panel=help_page.OUTPUT),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON document on standard output, then serve.", rich_help_panel=help_page.OUTPUT
    ),
]


def play(
    model: Model = None,
    record: Record = None,
    host: options.Host = options.THIS_MACHINE,
    port: options.Port = 0,
    allow_host: options.AllowHost = None,
    no_open: NoOpen = False,
    export: Export = None,
    force: Force = False,
    json: Json = False,
) -> int:
    """Open the playground in the browser.

    Draw a digit, look inside the network, follow its arithmetic by hand, and watch it learn.

    For example: mnist-nn play mnist-model.safetensors
    """
    from mnist_nn.playground.server import Server
    from mnist_nn.playground.site import build_site, export_site, train_small

    _check_together(
        export, force=force, serves=bool(no_open or allow_host) or (host, port) != (options.THIS_MACHINE, 0)
    )
    if model is None and DEFAULT.is_file():
        model = DEFAULT
    site = build_site(model, record or ())
    if export is not None:
        size = export_site(site, export, force=force)
        if json:
            _print_document(model, record or [], folder=export, bytes=size)
            return 0
        say(f"The playground is in {export} ({size / 1e6:.1f} MB). Any file host can serve it, for example:")
        say(f"python -m http.server --bind 127.0.0.1 --directory {export}")
        return 0
    with Server(site, host, port, allow_hosts=allow_host or ()) as server, suppress(KeyboardInterrupt):
        if json:
            _print_document(model, record or [], url=server.url)
        else:
            _announce(server.url, model, record or [])
        Thread(
            target=train_small, args=["softmax"], daemon=True
        ).start()  # so that it is there when the microscope asks
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
    """Reject options that have no effect in combination with the others."""
    if force and export is None:
        raise ConfigError("--force has no effect without --export DIR; leave --force out, or add --export DIR")
    if serves and export is not None:
        raise ConfigError(
            "--host, --port, --allow-host and --no-open have no effect with --export, which does not start a server; "
            "leave them out"
        )


def _announce(url: str, model: Path | None, record: list[Path]) -> None:
    say(f"The playground is at {url} (press Ctrl-C to stop it).", flush=True)
    if model is not None:
        say(f"The model at the start is {model}.", flush=True)
    if record:
        say(f"The time machine shows {', '.join(map(str, record))}.", flush=True)


def _open(server: "Server", *, quiet: bool) -> None:
    import webbrowser

    if not webbrowser.open(server.url) and not quiet:
        say("No browser could be opened; open the address yourself.", flush=True)
