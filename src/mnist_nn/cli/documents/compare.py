"""What ``mnist-nn compare --json`` prints."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from mnist_nn.util.documents import Count, Document, NonNegative, Ordinal, Share

if TYPE_CHECKING:
    from mnist_nn.cli.compare.result import Comparison, Side


class SideDocument(Document):
    """One of the two models or configurations that are compared."""

    name: str = Field(description="the model file or the configuration, as it was given")
    accuracy: Share = Field(description="test accuracy; the mean if there are several runs")
    deviation: NonNegative | None = Field(description="standard deviation over the seeds; null for a model")
    accuracies: tuple[Share, ...] = Field(description="test accuracy with each seed; a single number for a model")


class ImagesDocument(Document):
    """How two models answer the same test images."""

    samples: Count = Field(description="number of test images")
    both: Count = Field(description="number of images that both classify correctly")
    only_a: Count = Field(description="number of images that only A classifies correctly")
    only_b: Count = Field(description="number of images that only B classifies correctly")


class CompareDocument(Document):
    """Whether one of two models or configurations is better."""

    paired_by: Literal["images", "seeds"] = Field(
        description="how the two sides are paired: models by images, configurations by seeds"
    )
    data: str = Field(description="name of the data set, or the folder it was read from")
    a: SideDocument = Field(description="the first side")
    b: SideDocument = Field(description="the second side")
    difference: float = Field(description="test accuracy of B minus that of A")
    interval: tuple[float, float] = Field(
        description="95 % interval of the difference: by Student's t for seeds, by Agresti and Min for images"
    )
    p_value: Share = Field(description="two-sided p-value of the paired t-test (seeds) or of McNemar's test (images)")
    better: Literal["a", "b"] | None = Field(description="which side is better; null if no difference is shown at 5 %")
    images: ImagesDocument | None = Field(description="counts of images; null if paired by seeds")
    seeds: tuple[Count, ...] | None = Field(description="the seeds of the pairs; null if paired by images")
    diverged: tuple[Count, ...] | None = Field(
        description="seeds that are left out because a run diverged; null if paired by images"
    )
    seeds_for_half_a_point: Ordinal | None = Field(
        description="number of seeds that would show a difference of 0.005 with a power of 80 %; null if paired by "
        "images, or if it is above a million"
    )


def compare_document(found: "Comparison") -> CompareDocument:
    """Make the document of a comparison."""
    by_seeds = found.answers is None
    return CompareDocument(
        paired_by="seeds" if by_seeds else "images",
        data=found.data,
        a=_side(found.a),
        b=_side(found.b),
        difference=found.difference.mean,
        interval=found.difference.interval,
        p_value=found.difference.p_value,
        better=found.better,  # type: ignore[arg-type]
        images=ImagesDocument.of(found.answers) if found.answers else None,
        seeds=found.seeds if by_seeds else None,
        diverged=found.diverged if by_seeds else None,
        seeds_for_half_a_point=found.seeds_for_half_a_point,
    )


def _side(side: "Side") -> SideDocument:
    from mnist_nn.evaluation.comparison import summarize

    summary = summarize(side.accuracies)
    return SideDocument(name=side.name, accuracy=summary.mean, deviation=summary.deviation, accuracies=side.accuracies)
