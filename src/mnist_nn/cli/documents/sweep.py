"""What ``mnist-nn sweep --json`` prints."""

from typing import TYPE_CHECKING

from pydantic import Field

from mnist_nn.util.documents import Count, Document, NonNegative, Ordinal, PathName, Share

if TYPE_CHECKING:
    from mnist_nn.cli.sweep.run import SweepResult
    from mnist_nn.experiments.sweep import ConfigurationResult

SettingValue = str | float | int | tuple[int, ...] | tuple[str, ...] | tuple[float, ...] | None


class ConfigurationDocument(Document):
    """A configuration and its results on the held-out images."""

    number: Ordinal = Field(description="its number in the table")
    settings: dict[str, SettingValue] = Field(description="the settings that vary, by name")
    accuracy: Share | None = Field(description="mean accuracy on the held-out images; null if every run diverged")
    deviation: NonNegative | None = Field(description="standard deviation over the seeds; null for one run or none")
    interval: tuple[float, float] | None = Field(
        description="95 % interval of the mean by Student's t: low, high; null for one run or none"
    )
    diverged: Count = Field(description="number of runs that diverged")
    round: Ordinal = Field(description="the last round of successive halving that it reached; 1 in other searches")


class SweepDocument(Document):
    """The configurations of a sweep, and the one that was chosen by held-out images."""

    best: Ordinal = Field(description="the number of the best configuration")
    test_accuracy: Share = Field(description="mean accuracy of its runs on the test images, which nothing else uses")
    test_deviation: NonNegative | None = Field(description="standard deviation over the seeds; null for one run")
    test_interval: tuple[float, float] | None = Field(
        description="95 % interval of that mean by Student's t: low, high; null for one run"
    )
    seconds: NonNegative = Field(description="seconds that the command took")
    table: PathName = Field(description="path of the CSV file with a row for each run")
    parquet: PathName | None = Field(description="path of the same table as Parquet; null if pyarrow is not installed")
    page: PathName | None = Field(description="path of the page with the curves; null if matplotlib is not installed")
    model: PathName = Field(description="path of the model of the best configuration's median run")
    configurations: list[ConfigurationDocument] = Field(description="all configurations, the best first")


def sweep_document(found: "SweepResult", seconds: float) -> SweepDocument:
    """Make the document of a sweep."""
    from mnist_nn.experiments.sweep import rank_results

    return SweepDocument(
        best=found.best.number,
        test_accuracy=found.test.mean,
        test_deviation=found.test.deviation,
        test_interval=found.test.interval,
        seconds=seconds,
        table=found.table,
        parquet=found.parquet,
        page=found.page,
        model=found.model,
        configurations=[_configuration(result) for result in rank_results(found.results)],
    )


def _configuration(result: "ConfigurationResult") -> ConfigurationDocument:
    summary = result.summary
    return ConfigurationDocument(
        number=result.number,
        settings=dict(result.configuration.settings),
        accuracy=summary.mean if summary else None,
        deviation=summary.deviation if summary else None,
        interval=summary.interval if summary else None,
        diverged=result.diverged,
        round=result.rung + 1,
    )
