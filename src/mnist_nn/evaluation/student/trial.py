"""Tries a program in all layouts, and looks for an explanation of its numbers.

It tries the right equations first, then every known fault, every pair of faults, and other settings, each on several
cases.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.student.evidence import Evidence, Observation, explain_by_one, explain_by_two, explained_by
from mnist_nn.evaluation.student.faults import SIGNS, Fault, known_faults
from mnist_nn.evaluation.student.layouts import Layout
from mnist_nn.evaluation.student.programs import Program, tell
from mnist_nn.evaluation.student.quantities import SQUARED, Case, Quantity, draw_case, right_numbers
from mnist_nn.evaluation.student.report import StudentReport, find_missing_biases, find_zero_weights, write_report
from mnist_nn.nn.config import LOSSES, NetworkConfig
from mnist_nn.nn.losses import LOSSES as PAIRS
from mnist_nn.util import checks

BATCH = 4  # differs from every width, so that shapes say what is what
ETA = 0.37
SQUARE = (10, 10, 10)  # where a transposed product does not stop
FURTHER = 2  # cases on which an explanation has to hold besides the first
FORWARD_ONLY = "The code shows nothing of the backward pass: no errors, gradients or new weights."
ALTERNATIVES = (
    ("classic_mse", "sigmoid"),
    *((loss, output) for output in ("sigmoid", "softmax") for loss in SQUARED),
    ("cross_entropy", "softmax"),
)
"""The losses and outputs to try if a program is not right for the intended ones."""


@dataclass(frozen=True)
class Settings:
    """The settings that the code should compute."""

    activation: str
    output: str
    loss: str
    biases: bool
    seed: int
    samples: str = "any"

    def __post_init__(self) -> None:
        checks.choice("loss", self.loss, sorted({*LOSSES, *SQUARED}))  # the equations know no loss of one's own
        if (self.loss, self.output) not in PAIRS and self.loss not in SQUARED:
            raise ConfigError(
                f"there is no loss {self.loss!r} for {self.output!r} outputs; choose output sigmoid, or cross_entropy"
            )

    def config(self, sizes: tuple[int, ...]) -> NetworkConfig:
        """Build the configuration of a network of these widths."""
        return NetworkConfig(
            inputs=sizes[0],
            hidden=sizes[1:-1],
            outputs=sizes[-1],
            activation=self.activation,
            output=self.output,
            dtype="float64",
        )


class Trial:
    """A program tried in all layouts on networks of certain widths."""

    def __init__(self, runs: Program, settings: Settings, sizes: tuple[int, ...], wanted: tuple[Any, ...] = ()) -> None:
        self.runs, self.settings, self.sizes, self.wanted = runs, settings, sizes, wanted
        self.biases = runs.has_biases(sizes)
        self.rate = runs.rate(sizes)
        self.seen: list[tuple[Layout, Observation]] = []
        self.error = self.returned = ""
        case = self.case(settings.seed)
        for layout in runs.layouts():
            if settings.samples == "one" and layout.batched:
                continue
            try:
                seen = self.observe(case, layout)
            except ConfigError:
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a student's code raises
                self.error = self.error or tell(error)
                continue
            self.returned = self.returned or seen.returned
            if seen.evidence:
                self.seen.append((layout, seen))
                alone = layout.batched or not any(self.complete(other) for one, other in self.seen if one.batched)
                if alone and self.explained_rightly(layout, seen):
                    self.seen = [(layout, seen)]
                    break

    def case(self, seed: int) -> Case:
        """Draw a case."""
        return draw_case(
            self.settings.config(self.sizes),
            self.settings.loss,
            BATCH,
            seed,
            biases=self.biases,
            eta=ETA if self.rate is None else self.rate,
        )

    def observe(self, case: Case, layout: Layout) -> Observation:
        """Run the program once, and keep the results that count."""
        seen = self.runs.observe(case, layout)
        kept = [one for one in seen.evidence if self.biases or one.candidates[0].kind not in {"b", "db"}]
        if self.wanted:
            kept = [
                Evidence(one.source, chosen, one.value)
                for one in kept
                if (chosen := tuple(q for q in one.candidates if self.counts(q)))
            ]
        return replace(seen, evidence=tuple(kept))

    def counts(self, quantity: Quantity) -> bool:
        """Say whether a quantity is a result of the step that is checked."""
        return quantity == self.wanted if isinstance(self.wanted[-1], int) else quantity.kind in self.wanted

    def explained_rightly(self, layout: Layout, seen: Observation) -> bool:
        """Say whether everything is right, here and on further cases."""
        return self.complete(seen) and self.verify(layout, Found(), seen)

    def complete(self, seen: Observation) -> bool:
        """Say whether the program showed something of the backward pass."""
        kinds = {q.kind for one in seen.evidence for q in one.candidates}
        if self.biases and "dW" in kinds and not kinds & {"db", "b"}:
            return bool(self.wanted)  # made for one sample: over a batch, the errors were not added up for the biases
        return bool(self.wanted) or bool(kinds & {"delta", "dW", "W"})

    def verify(self, layout: Layout, found: "Found", seen: Observation) -> bool:
        """Whether an explanation holds here and on further cases."""
        if not found.explains(seen):
            return False
        seeds = range(self.settings.seed + 1, self.settings.seed + 1 + FURTHER)
        return all(found.explains(self.observe(self.case(seed), layout)) for seed in seeds)

    def report(self) -> StudentReport:
        """Explain the numbers: as right, by one fault, by another setting, or by two faults."""
        zero = find_zero_weights(self.runs.initial(self.sizes))
        missing = () if self.biases or not self.settings.biases or self.wanted else (find_missing_biases(self.case(0)),)
        extra = (*zero, *missing)
        if not self.seen:
            return StudentReport(False, (), (), None, "", (), (self.silence(),))
        batched = [one for one in self.seen if one[0].batched]
        single = [one for one in self.seen if not one[0].batched]
        for group in (batched, single):
            complete = [one for one in self.best(group) if self.complete(one[1])]
            for explain, chosen in (
                (_right, complete),
                (_by_one, complete),
                (_by_two, complete[:1]),
                (_by_setting, complete),
            ):
                for layout, seen in chosen:
                    if found := [one for one in explain(seen) if self.verify(layout, one, seen)]:
                        return write_report(seen, found, extra, self.remarks(layout, seen, found, single))
        layout, seen = self.best(self.seen)[0]
        return write_report(seen, [], extra, () if _shows_backward(seen) or self.wanted else (FORWARD_ONLY,))

    def silence(self) -> str:
        """Say why the program showed nothing."""
        if self.returned:
            units = ", ".join(map(str, self.sizes[:-1]))
            meant = "what the equation computes" if self.wanted else "an activation, error, gradient or weight"
            return (
                f"The code returns {self.returned}, which is not {meant} for {BATCH} samples and layers of {units} and "
                f"{self.sizes[-1]} units" + ("." if self.wanted else ", and it changes no weights.")
            )
        if self.error:
            return f"The code stops: {self.error}"
        return "The code returns nothing" + ("." if self.wanted else ", and changes no weights.")

    def remarks(
        self, layout: Layout, seen: Observation, found: list["Found"], single: list[tuple[Layout, Observation]]
    ) -> tuple[str, ...]:
        """Note other purposes of the program for which everything would be right."""
        notes = []
        if found[0].faults:
            notes += [
                one.setting
                for one in _by_setting(seen, seen.case.config.activation[:1])
                if self.verify(layout, one, seen)
            ]
        if layout.batched and any(fault.name == "summed" for fault in found[0].faults):
            alone = [one for one, other in self.best(single) if self.explained_rightly(one, other)]
            notes += ["One sample at a time, everything agrees: if this is meant, say samples='one'."] if alone else []
        return tuple(notes)

    @staticmethod
    def best(group: list[tuple[Layout, Observation]]) -> list[tuple[Layout, Observation]]:
        """Sort by how much is right, and keep a few layouts: one in which a program barely runs explains little."""

        def rightness(one: tuple[Layout, Observation]) -> int:
            right = right_numbers(one[1].case)
            return -sum(one[1].matches(each, right) is not None for each in one[1].evidence)

        return sorted(group, key=rightness)[:4]


def _shows_backward(seen: Observation) -> bool:
    return any(q.kind not in {"z", "a", "L"} for one in seen.evidence for q in one.candidates)


@dataclass(frozen=True)
class Found:
    """An explanation: faults by their place in the list, or another setting; neither if all is right."""

    faults: tuple[Fault, ...] = ()
    setting: str = ""
    config: tuple[str, str, str] | None = None

    def explains(self, seen: Observation) -> bool:
        """Say whether it explains another observation; faults of different cases are the same if their words are."""
        if self.config:
            return seen.explains(right_numbers(_set(seen.case, self.config)))
        if not self.faults:
            return seen.explains(right_numbers(seen.case))
        keys = [(one.equation, one.cause) for one in self.faults]
        same = [fault for key in keys for fault in known_faults(seen.case) if (fault.equation, fault.cause) == key]
        return len(same) == len(keys) and explained_by(seen, tuple(same))


@lru_cache(maxsize=256)  # as for `first_sample`
def _set(case: Case, config: tuple[str, str, str]) -> Case:
    loss, output, activation = config
    return replace(case, loss_name=loss, config=replace(case.config, output=output, activation=activation))


def _right(seen: Observation) -> list[Found]:
    return [Found()] if Found().explains(seen) else []


def _by_one(seen: Observation) -> list[Found]:
    return [Found(faults) for faults in explain_by_one(seen, known_faults(seen.case))]


def _by_two(seen: Observation) -> list[Found]:
    return [Found(faults) for faults in explain_by_two(seen, known_faults(seen.case))]


def _by_setting(seen: Observation, activations: Iterable[str] = tuple(SIGNS)) -> list[Found]:
    """Look for a loss, an output and an activation for which everything would be right."""
    found = []
    for (loss, output), activation in itertools.product(ALTERNATIVES, activations):
        config = (loss, output, activation)
        if seen.explains(right_numbers(_set(seen.case, config))):
            setting = f"activation={activation!r}, output={output!r}, loss={loss!r}"
            found.append(Found((), f"Everything agrees with {setting}: if this is meant, say so.", config))
    return found[:1]


def explain(seen: Observation) -> list[Found]:
    """Find the explanation of one observation: all is right, one fault, two faults, or another setting."""
    return next((found for explain in (_right, _by_one, _by_two, _by_setting) if (found := explain(seen))), [])


def try_square(runs: Program, settings: Settings, remark: str) -> StudentReport | None:
    """Try layers of equal widths, where a transposed product does not stop; only that counts as an explanation."""
    trial = Trial(runs, settings, SQUARE)
    report = trial.report()
    if "transposed_product" not in report.faults:
        return None
    return replace(report, remarks=(*report.remarks, remark, "These numbers are for layers of equal widths."))
