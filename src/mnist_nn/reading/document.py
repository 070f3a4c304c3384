"""The JSON that ``mnist-nn read --json`` prints for each page and that the server returns: a reading without pictures.

The fields are the attributes of the same names in the records of `mnist_nn.reading.results`.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, RootModel

from mnist_nn.util.documents import Count, Document, Ordinal, Share

if TYPE_CHECKING:
    from mnist_nn.reading.pages import PageResult

Decision = Literal["digit", "doubtful", "not a digit"]
PageDecision = Literal["digit", "doubtful", "not a digit", "nothing there"]
Look = Literal["confidence", "is_digit", "digits", "cost", "height", "pen"]
Box = tuple[int, int, int, int]
Digits = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class Digit(Document):
    """One digit, or something in the place of a digit."""

    text: Digits = Field(description="the most probable digit, whatever the decision")
    probability: Share = Field(description="the network's probability for this digit, among the ten digits")
    is_digit: Share = Field(description="probability that it is a digit at all")
    confidence: Share = Field(description="probability that the digit is right, taking everything into account")
    box: Box = Field(description="left, top, right and bottom in pixels of the page; right and bottom are exclusive")
    decision: Decision = Field(description="`digit` if it is accepted")
    alternatives: Annotated[dict[Digits, Share], BeforeValidator(dict)] = Field(
        description="the other digits with a probability of at least 0.001, and these probabilities"
    )
    reason: str = Field(description="why it is not accepted; empty if it is accepted")


class TextReading(Document):
    """The result of one of the readers of a number."""

    text: Annotated[str, Field(pattern="^[0-9]+$")] = Field(description="its most probable digits")
    probability: Share = Field(description="the probability that it gives to these digits, even if others were chosen")


class NumberReadings(Document):
    """The separate readings of a number, before they were combined."""

    segments: TextReading = Field(
        description="the reading by the digit network, from the segments that the number was cut into"
    )
    networks: tuple[TextReading, ...] = Field(
        description="the reading by each sequence network, of the number as a line; empty if it was not read as one"
    )
    as_line: bool = Field(
        description="whether the number was also read whole, as one line of ink; very long numbers are not"
    )


class Number(Document):
    """One number."""

    text: Annotated[str, Field(pattern="^[0-9]+$")] = Field(
        description="its most probable digits, whatever the decision"
    )
    confidence: Share = Field(description="probability that all of its digits are right")
    box: Box = Field(description="left, top, right and bottom in pixels of the page; right and bottom are exclusive")
    line: Count = Field(description="number of the text line on the page, from 0")
    decision: Decision = Field(description="the worst decision among its digits")
    reason: str = Field(description="why the number as a whole is not accepted; empty if there is no such reason")
    note: str = Field(
        description="marks beside the number that were ignored and do not make it doubtful; empty if there are none"
    )
    readings: NumberReadings | None = Field(
        description="the readings by segments and by each sequence network; null if the model has no sequence networks"
    )
    digits: tuple[Digit, ...] = Field(description="its digits, from left to right")


class Page(Document):
    """A page that could be read."""

    file: str = Field(description="path of the file, as it was given or found; `-` for standard input")
    page: Ordinal = Field(description="number of the page in the file, from 1")
    turned: Literal[0, 90, 180, 270] = Field(
        description="degrees by which the page was turned clockwise to be read; boxes refer to the page as it was given"
    )
    decision: PageDecision = Field(
        description="the worst decision among its numbers; `nothing there` if there is no ink"
    )
    unlike: tuple[Look, ...] = Field(
        description="features in which its numbers do not look like those that the model was calibrated on, by a "
        "test of this page alone at the level 0.05; empty if there are none, if there are fewer than "
        "five numbers, or if the model has no such information"
    )
    numbers: tuple[Number, ...] = Field(description="its numbers, in reading order")


class PageError(Document):
    """A page that could not be read."""

    file: str = Field(description="path of the file, as it was given or found; `-` for standard input")
    page: Ordinal = Field(description="number of the page in the file, from 1")
    error: str = Field(description="what is wrong with it")


class ReadDocument(RootModel[list[Page | PageError]]):
    """The numbers on each page: one element per page, in the order read."""


def page_document(result: "PageResult") -> Page | PageError:
    """Make the document for a page that was read, or for the error in its place."""
    return PageError.of(result) if result.reading is None else Page.of(result.reading)
