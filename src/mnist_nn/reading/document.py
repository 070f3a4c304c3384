"""What ``mnist-nn read --json`` prints of each page, and the server answers with: a reading without its pictures.

The fields are the attributes of the records in `mnist_nn.reading.results` that have the same names.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, RootModel

from mnist_nn.util.documents import Count, Document, Ordinal, Share

if TYPE_CHECKING:
    from mnist_nn.reading.pages import PageResult

Decision = Literal["digit", "doubtful", "not a digit"]
PageDecision = Literal["digit", "doubtful", "not a digit", "nothing there"]
Box = tuple[int, int, int, int]
Digits = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class Digit(Document):
    """One digit, or what stands where one could be."""

    text: Digits = Field(description="the most probable digit, whatever the decision")
    probability: Share = Field(description="the network's probability of this digit, among the ten")
    is_digit: Share = Field(description="probability that it is a digit at all")
    confidence: Share = Field(description="probability that the digit is right, with everything taken into account")
    box: Box = Field(description="left, top, right, bottom in pixels of the page; right and bottom excluded")
    decision: Decision = Field(description="`digit` if it is accepted")
    alternatives: Annotated[dict[Digits, Share], BeforeValidator(dict)] = Field(
        description="the other digits with the network's probabilities, from 0.001 on"
    )
    reason: str = Field(description="why it is not accepted; empty if it is")


class Number(Document):
    """One number."""

    text: Annotated[str, Field(pattern="^[0-9]+$")] = Field(
        description="its most probable digits, whatever the decision"
    )
    confidence: Share = Field(description="probability that all of its digits are right")
    box: Box = Field(description="left, top, right, bottom in pixels of the page; right and bottom excluded")
    line: Count = Field(description="number of the text line on the page, from 0")
    decision: Decision = Field(description="the worst decision of its digits")
    reason: str = Field(description="what is against the number as a whole; empty if nothing is")
    digits: tuple[Digit, ...] = Field(description="its digits, from left to right")


class Page(Document):
    """A page that could be read."""

    file: str = Field(description="path of the file, as it was given or found; `-` for standard input")
    page: Ordinal = Field(description="number of the page in the file, from 1")
    decision: PageDecision = Field(description="the worst decision of its numbers; `nothing there` if there is no ink")
    numbers: tuple[Number, ...] = Field(description="its numbers, in reading order")


class PageError(Document):
    """What stands in the place of a page that could not be read."""

    file: str = Field(description="path of the file, as it was given or found; `-` for standard input")
    page: Ordinal = Field(description="number of the page in the file, from 1")
    error: str = Field(description="what is wrong with it")


class ReadDocument(RootModel[list[Page | PageError]]):
    """The numbers on each page: one element per page, in the order read."""


def page_document(result: "PageResult") -> Page | PageError:
    """Make the document of what was read on a page, or of the error in its place."""
    return PageError.of(result) if result.reading is None else Page.of(result.reading)
