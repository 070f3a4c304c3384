"""Prints the result of ``mnist-nn train``: a short summary, or one JSON document."""

import shlex
from typing import TYPE_CHECKING

from mnist_nn.cli.common import tables as display
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.cli.train.run import Run
    from mnist_nn.cli.train.seeds import SeedRuns
    from mnist_nn.evaluation.metrics import Evaluation


SHOWN = 3  # of what went wrong; a report has all of it


def show(
    run: "Run", result: "Evaluation", seconds: float, *, json: bool, quiet: bool, seeds: "SeedRuns | None" = None
) -> None:
    """Print the result of a training run; with several seeds, it is the median run."""
    if json:
        from mnist_nn.cli.documents.train import train_document
        from mnist_nn.util.documents import as_json

        print(as_json(train_document(run, result, seconds, seeds)))
    elif not quiet:
        say(text(run, result, seconds) if seeds is None else describe_seeds(run, seeds, seconds))


def describe_seeds(run: "Run", seeds: "SeedRuns", seconds: float) -> str:
    """Format the results of all seeds for people."""
    summary, median = seeds.summary, seeds.median
    accuracies = [one.result.accuracy for one in seeds.runs]
    sizes = "-".join(map(str, run.checkpoint.network.config.sizes))
    lines = [
        f"Test accuracy   {display.mean_with_deviation(summary)}",
        f"Range           {display.percent(min(accuracies))} to {display.percent(max(accuracies))}",
        f"Median run      seed {median.training.seed}, {display.percent(median.result.accuracy)}",
        f"Network         {sizes}, {run.checkpoint.network.parameter_count:,} parameters",
        f"Time            {display.duration(seconds)} for {len(seeds.runs)} runs",
        f"Saved           {run.path}, the model of the median run",
        f"Every run       {seeds.table}",
        f"Next            mnist-nn evaluate {shlex.quote(str(run.path))}{run.data_option}",
    ]
    if summary.interval:
        lines.insert(1, f"                {display.interval(*summary.interval)} for the mean")
    if seeds.diverged:
        lines.insert(1, f"Diverged        {len(seeds.diverged)} of {seeds.asked} runs; the results leave them out")
    return "\n".join(lines)


def text(run: "Run", result: "Evaluation", seconds: float) -> str:
    """Format the result for people."""
    from mnist_nn.training.diagnosis.diagnose import diagnose

    at, scores, interval = run.checkpoint, run.checkpoint.chosen_scores, display.interval(*result.interval)
    sizes = "-".join(map(str, at.network.config.sizes))
    training = sum(row.seconds for row in at.history)
    lines = [
        f"Test accuracy   {display.percent(result.accuracy)}  ({interval}, {result.samples:,} images)",
        f"Loss printed    {scores.loss:.5f}  {result.loss_name}, test {result.loss:.5f}",
        f"Loss descended  {scores.descended:.5f}  {result.descended_name}, test {result.descended:.5f}",
        f"Network         {sizes}, {at.network.parameter_count:,} parameters, {at.epoch} epochs",
        f"Time            {display.duration(seconds)}, of which {display.duration(training)} training",
        f"Saved           {run.path}",
        f"Next            mnist-nn evaluate {shlex.quote(str(run.path))}{run.data_option}",
    ]
    if run.log:
        directory = shlex.quote(str(run.log.folder.parent))
        lines.insert(-1, f"Events          {run.log.folder}, shown by: tensorboard --logdir {directory}")
    lines += [f"Wrong           {finding.sentence}" for finding in diagnose(at, run.training)[:SHOWN]]
    if at.preparation:
        saved = "-".join(map(str, at.chosen.config.sizes))
        lines.insert(4, f"Inputs          {at.network.config.prepare}; the saved network is {saved}")
    if at.best:
        lines.insert(4, f"Best weights    from epoch {at.best.epoch}, by validation accuracy")
    return "\n".join(lines)
