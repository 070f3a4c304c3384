"""Prints the result of ``mnist-nn sweep``: the best configurations, or one JSON document."""

from typing import TYPE_CHECKING

from mnist_nn.cli.common import tables as display
from mnist_nn.cli.common.terminal import say
from mnist_nn.experiments.sweep import write_value

if TYPE_CHECKING:
    from mnist_nn.cli.sweep.run import SweepResult
    from mnist_nn.experiments.sweep import ConfigurationResult

SHOWN = 10  # configurations


def show(found: "SweepResult", seconds: float, *, json: bool, quiet: bool) -> None:
    """Print the result of a sweep."""
    if json:
        from mnist_nn.cli.documents.sweep import sweep_document
        from mnist_nn.util.documents import as_json

        print(as_json(sweep_document(found, seconds)))
    elif not quiet:
        _print(found, seconds)


def _print(found: "SweepResult", seconds: float) -> None:
    from mnist_nn.experiments.sweep import rank_results

    out, names = display.console(), [axis.name for axis in found.axes]
    has_rungs = any(result.rung for result in found.results)
    shown = display.table("configuration", *names, *["round"] * has_rungs, "held out", "±", "diverged")
    for result in rank_results(found.results)[:SHOWN]:
        shown.add_row(str(result.number), *(write_value(result.configuration.settings.get(name)) for name in names),
                      *[str(result.rung + 1)] * has_rungs, *_figures(result), str(result.diverged or ""))  # fmt: skip
    display.print_table(out, shown)
    say(
        "",
        f"Best            configuration {found.best.number}, by held-out images",
        f"Test accuracy   {display.mean_with_deviation(found.test)}",
        f"Time            {display.duration(seconds)}; {len(found.results)} configurations, {found.runs} runs in the "
        "table",
        f"Saved           {found.model}, the median run of the best configuration",
        f"Table           {', '.join(str(path) for path in (found.table, found.parquet) if path)}",
        *([f"Page            {found.page}"] if found.page else []),
        *found.left_out,
        sep="\n",
    )


def _figures(result: "ConfigurationResult") -> tuple[str, str]:
    summary = result.summary
    if summary is None:
        return "", ""
    return display.percent(summary.mean), "" if summary.deviation is None else f"{100 * summary.deviation:.2f}"
