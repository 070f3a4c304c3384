"""``mnist-nn audit``: check by hand whether the promised error limit held on pictures that were really read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import options
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.cli.audit.finding import Finding

ResultTable = Annotated[
    Path,
    typer.Argument(
        help="A table that mnist-nn read --csv wrote, or a sample of one that you have filled in.", metavar="RESULT.csv"
    ),
]
MaxError = Annotated[
    float | None,
    typer.Option(
        "--max-error",
        help="The share of wrong numbers that you want to stay below.",
        metavar="SHARE",
        show_default="the limit that the table was read with, or 0.01",
    ),
]
Allow = Annotated[
    int,
    typer.Option(
        "--allow",
        help="How many wrong answers the sample may contain and still prove the limit.",
        metavar="N",
        min=0,
        max=1000,
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Random seed for drawing the sample.", metavar="N")]
USUAL = 0.01


def audit(
    result: ResultTable,
    max_error: MaxError = None,
    allow: Allow = 1,
    seed: Seed = 0,
    json: options.Json = False,
) -> int:
    """Check accepted answers by hand.

    Draws accepted answers at random and writes them to RESULT.audit.csv with an empty column "right". Fill that column
    in and give the file to the same command: it tells you what your answers prove about all accepted answers.

    For example: mnist-nn audit numbers.csv
    """
    from mnist_nn.cli.audit.finding import find
    from mnist_nn.cli.audit.sample import is_audit, load_sample
    from mnist_nn.errors import ConfigError

    filled = is_audit(result)
    limit = _limit_of(result, filled=filled) if max_error is None else max_error
    if not 0 < limit < 1:
        raise ConfigError(f"--max-error is {limit}; give a share between 0 and 1, such as 0.01")
    if not filled:
        return _draw(result, limit, allow, seed, json=json)
    finding = find(load_sample(result), limit)
    if not finding.checked:
        raise ConfigError(
            f'no answer is filled in yet in {str(result)!r}; enter the right numbers in the column "right"'
        )
    if json:
        _print_document(result, None, finding)
    else:
        _print(finding)
    return 0 if finding.proved else 1


def _limit_of(result: Path, *, filled: bool) -> float:
    """Find the limit that a table was read with; it is stored beside the table."""
    from mnist_nn.cli.audit.sample import SUFFIX
    from mnist_nn.cli.read.settings import load_settings

    table = result.with_name(result.name.removesuffix(SUFFIX) + ".csv") if filled else result
    settings = load_settings(table)
    return float((settings or {}).get("max_error") or USUAL)


def _draw(table: Path, limit: float, allow: int, seed: int, *, json: bool) -> int:
    from mnist_nn.cli.audit.finding import count_to_draw, find
    from mnist_nn.cli.audit.sample import audit_path, draw, load_accepted, write_sample
    from mnist_nn.errors import ConfigError
    from mnist_nn.util.checks import integer

    accepted = load_accepted(table)
    if not accepted:
        raise ConfigError(f"{str(table)!r} contains no accepted answers, so there is nothing to check")
    needed = count_to_draw(limit, allow)
    rows = draw(accepted, needed, integer("seed", seed, 0, 2**64 - 1))
    target = audit_path(table)
    write_sample(target, rows)
    if json:
        _print_document(target, len(accepted), find(rows, limit))
        return 0
    say(f"Drew {len(rows):,} of the {len(accepted):,} accepted answers and wrote them to {target}.")
    if len(rows) < needed:
        say(
            f"These are all there are. To prove {100 * limit:g} % for other pictures that are read in the same way, "
            f"check {needed:,} answers."
        )
    say(f'Enter what you see in the column "right" (- if there is no number), then run: mnist-nn audit {target}')
    return 0


def _print(finding: "Finding") -> None:
    left = finding.sampled - finding.checked
    say(f"Checked   {finding.checked:,} accepted answers, {finding.wrong:,} wrong")
    say(f"Proved    at most {100 * finding.bound:.2f} % of the accepted answers are wrong (exact bound at 95 %)")
    say(f"Promised  at most {100 * finding.max_error:g} %: {'proved' if finding.proved else 'NOT proved'}")
    if left:
        say(f"{left:,} rows are not filled in. The bound holds only if you filled in rows from the top, or at random.")


def _print_document(file: Path, accepted: int | None, finding: "Finding") -> None:
    from mnist_nn.cli.documents.audit import AuditDocument
    from mnist_nn.util.documents import as_json

    print(as_json(AuditDocument.of(finding, file=file, accepted=accepted)))
