"""Names problems of a training run by the rules of rules.toml: the observation, the reason, and what to try.

It measures nothing. Programs in other languages can use the rules that `export_rules` returns.
"""

import operator
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.diagnosis.quantities import Quantities, compute_quantities
from mnist_nn.util import checks

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
SHARES = ("accuracy", "dropout", "saturated", "loss_fall")
CALL = "diagnose(model), or diagnose(epoch, config)"


@dataclass(frozen=True)
class Finding:
    """A fault that was found.

    Attributes
    ----------
    name
        The name of the rule, such as ``dead_units``.
    seen, why, advice
        The observation, the reason and the advice, each as a part of a sentence.
    setting
        The advice as settings by name, such as ``{"learning_rate": 0.03}``; empty if no setting helps.
    source
        The source of the thresholds.
    """

    name: str
    seen: str
    why: str
    advice: str
    setting: Mapping[str, Any]
    source: str

    @property
    def sentence(self) -> str:
        """The whole finding in one line."""
        return f"{self.seen[0].upper()}{self.seen[1:]}: {self.why}. Try {self.advice}."


@cache
def load_rules() -> tuple[Mapping[str, Any], ...]:
    """Load the rules, the surest signs first.

    Examples
    --------
    >>> load_rules()[0]["name"]
    'labels_constant'
    """
    return tuple(tomllib.loads(files(__package__).joinpath("rules.toml").read_text("utf-8"))["rule"])


def diagnose(trained: Any, config: TrainingConfig | None = None) -> tuple[Finding, ...]:
    """Name the problems of a training run, the surest first.

    Parameters
    ----------
    trained
        A model, an epoch or a checkpoint.
    config
        How it was trained, if that is not stored in a model.

    Returns
    -------
    The findings; empty if nothing is wrong, or if nothing has been measured yet because the first epoch is not over.

    Raises
    ------
    ConfigError
        If ``trained`` is something else, or it is not known how it was trained.

    Examples
    --------
    >>> from mnist_nn import Network, NetworkConfig, load_data, train
    >>> few = load_data("mnist").train.take(range(300))
    >>> config = TrainingConfig(epochs=2, learning_rate=1e-6)
    >>> *_, last = train(Network.create(), few, config)
    >>> [finding.name for finding in diagnose(last, config)][:1]
    ['rate_too_low']
    """
    at = getattr(trained, "checkpoint", trained)
    config = getattr(trained, "training", None) if config is None else config
    if at is None or config is None:
        return ()
    checks.instance("the training", at, Checkpoint, CALL)
    checks.instance("the configuration", config, TrainingConfig, CALL)
    if not (at.history and at.signs):
        return ()
    return apply_rules(compute_quantities(at.network.config, config, at.history, at.signs))


def apply_rules(quantities: Quantities) -> tuple[Finding, ...]:
    """Find the rules that hold for these numbers; a rule marked ``alone`` is left out if another one holds before it.

    Examples
    --------
    >>> [finding.name for finding in apply_rules({"label_kinds": 1})]
    ['labels_constant']
    """
    shown, found = _add_shown(quantities), list[Finding]()
    for rule in load_rules():
        if _holds(rule["when"], quantities) and not (found and rule.get("alone")):
            found.append(_make_finding(rule, shown))
    return tuple(found)


def _holds(when: Sequence[tuple[str, str, float | str]], quantities: Quantities) -> bool:
    """Whether all comparisons hold; a figure may be the name of another quantity."""
    for name, sign, figure in when:
        value, bound = quantities.get(name), quantities.get(figure) if isinstance(figure, str) else figure
        if value is None or bound is None or not OPERATORS[sign](value, bound):
            return False
    return True


def _add_shown(q: Quantities) -> dict[str, float]:
    """Add what only sentences and settings need."""
    shown = {f"{name}_percent": 100 * q[name] for name in SHARES if name in q}
    if "rate" in q and "rate_ratio" in q:
        shown |= {"rate_default": _round(q["rate"] / q["rate_ratio"]), "rate_third": _round(q["rate"] / 3)}
    if "epochs" in q:
        shown["epochs_more"] = 3 * q["epochs"]
    if "gap" in q:
        shown["accuracy_gap"] = 100 * q["gap"]
    return {**q, **shown}


def _round(rate: float) -> float:
    return float(f"{rate:.2g}")


def _make_finding(rule: Mapping[str, Any], shown: Mapping[str, float]) -> Finding:
    seen, why, advice = (str(rule[part]).format_map(shown) for part in ("seen", "why", "try"))
    setting = {name: _make_setting(value, shown) for name, value in rule.get("setting", {}).items()}
    return Finding(rule["name"], seen, why, advice, setting, rule["source"])


def _make_setting(value: Any, shown: Mapping[str, float]) -> Any:
    if not isinstance(value, str) or value not in shown:
        return value
    return int(shown[value]) if value == "epochs_more" else shown[value]


def export_rules() -> dict[str, Any]:
    """Return the rules as plain JSON values, for programs in other languages.

    Raises
    ------
    ConfigError
        If a rule compares with an operator that is not known.
    """
    for rule in load_rules():
        if unknown := {sign for _, sign, _ in rule["when"]} - set(OPERATORS):
            raise ConfigError(f"the rule {rule['name']} compares with {unknown}; use one of: {', '.join(OPERATORS)}")
    return {"rules": [dict(rule) for rule in load_rules()]}
