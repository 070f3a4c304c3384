"""``mnist-nn sweep``: train many configurations, and choose the best one on held-out images."""

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.cluster import connect, explain_resuming
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.terminal import say
from mnist_nn.cli.common.training_options import with_axes
from mnist_nn.errors import ConfigError

DEFAULT_TABLE = Path("mnist-sweep.csv")

Csv = Annotated[
    Path,
    typer.Option(
        "--csv",
        help="Where to write the table. The page, the model and the Parquet file go beside it.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Search = Annotated[
    str,
    typer.Option(
        "--search",
        help="How configurations are chosen.",
        **options.one_of("search", "grid", "random", "tpe", "halving"),
    ),
]
Trials = Annotated[
    int | None,
    typer.Option(
        "--trials",
        help="Number of configurations to draw, with --search random, tpe or halving; halving takes a grid without it.",
        metavar="N",
        min=1,
    ),
]
Seeds = Annotated[
    int,
    typer.Option("--seeds", help="Train each configuration with N seeds, starting at --seed.", metavar="N", min=1),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue the table; give the same options.",
                 rich_help_panel=help_page.OUTPUT),
]  # fmt: skip


@with_axes
def sweep(
    csv: Csv = DEFAULT_TABLE,
    preset: options.Preset = None,
    data: options.Data = "mnist",
    search: Search = "grid",
    trials: Trials = None,
    seeds: Seeds = 3,
    engine: options.Engine = "auto",
    jobs: options.Jobs = None,
    cluster: options.Cluster = None,
    resume: Resume = False,
    force: options.Force = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    *,
    settings: dict[str, str],
) -> int:
    """Train many configurations and choose the best.

    The choice uses held-out images; the test images are used once, at the end, for the chosen configuration. Each
    setting takes a list (0.1,0.3), a range (log:0.001:1:7) or, with --trials, a range to draw from (log:0.001:1). Write
    / between the layers of one value: --hidden 16,30/20. --search tpe draws where earlier results were good, and
    --search halving trains most configurations for a few epochs only.

    For example: mnist-nn sweep --rate log:0.003:0.3:5 --hidden 10,20,40
    """
    from mnist_nn.cli.sweep.run import prepare_sweep
    from mnist_nn.cli.sweep.summary import show

    if cluster is not None and jobs is not None:
        raise ConfigError("--jobs has no effect with --cluster, whose workers train; leave it out")
    begin = time.perf_counter()
    plan = prepare_sweep(preset or "classic", settings, data, search=search, trials=trials, seeds=seeds)
    how = f". The runs that are done are in {csv}. Continue with the same command and --resume"
    with ExitStack() as opened:
        workers = opened.enter_context(connect(cluster, quiet=quiet)) if cluster is not None else None
        opened.enter_context(explain_resuming(how))
        found = plan.run(csv, engine=engine, jobs=jobs, resume=resume, force=force, quiet=quiet, cluster=workers)
    if found is None:
        say(f"mnist-nn: stopped; the runs that are done are in {csv}. Continue with the same command and --resume",
            file=sys.stderr)  # fmt: skip
        return INTERRUPTED
    show(found, time.perf_counter() - begin, json=json, quiet=quiet)
    return 0
