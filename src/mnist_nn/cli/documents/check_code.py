"""What ``mnist-nn check-code --json`` prints."""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, RootModel

from mnist_nn.util.documents import Document, OrNull, PathName

if TYPE_CHECKING:
    from mnist_nn.evaluation.student.report import StudentReport


class WrongEquation(Document):
    """One equation that is wrong."""

    fault: str = Field(description="name of the fault, such as `no_derivative`")
    symbol: str = Field(description="the quantity whose equation is wrong, such as `δ_h`")
    yours: str = Field(description="the equation that gives the code's numbers")
    right: str = Field(description="the right equation")
    cause: str = Field(description="the difference in words")


class FirstDifference(Document):
    """The entry in which the first wrong quantity is furthest from the right value."""

    where: str = Field(description="the quantity and the index of the entry, counted from 0")
    source: str = Field(description="what gave the code's number: a function or an attribute")
    yours: OrNull[float] = Field(description="the code's number; null if it is not finite")
    right: float = Field(description="the right number")


class CheckedCode(Document):
    """A file that could be checked."""

    file: PathName = Field(description="path of the file, as it was given")
    passed: bool = Field(description="whether everything agrees with the reference engine")
    findings: list[WrongEquation] = Field(
        description="the wrong equations, in the order of computation; empty if no known fault explains the numbers"
    )
    others: list[list[WrongEquation]] = Field(description="other explanations that give the same numbers")
    agree: list[str] = Field(description="the quantities whose numbers are right")
    difference: FirstDifference | None = Field(description="the first difference; null if there is none")
    remarks: list[str] = Field(description="what else should be known, such as the error with which the code stops")
    text: str = Field(description="all of it in words, as the command prints it for a single file")


class CheckCodeError(Document):
    """A file that could not be checked."""

    file: PathName = Field(description="path of the file, as it was given")
    error: str = Field(description="what is wrong with it")


class CheckCodeDocument(RootModel[list[CheckedCode | CheckCodeError]]):
    """What is wrong with students' code: one element per file, in the order given."""


def checked_code(file: Path, report: "StudentReport") -> CheckedCode:
    """Make the element for a file from the report on it."""
    d = report.difference
    return CheckedCode.of(
        report,
        file=file,
        findings=[WrongEquation.of(finding) for finding in report.findings],
        others=[[WrongEquation.of(finding) for finding in other] for other in report.others],
        agree=list(report.agree),
        difference=d and FirstDifference(where=report.where, source=d.source, yours=d.yours, right=d.right),
        remarks=list(report.remarks),
        text=str(report),
    )
