"""What people reported, all of which was silent once, and the rules themselves."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from diagnosis_golden import GOLDEN, make_golden

from mnist_nn import Model, Network, NetworkConfig, TrainingConfig, diagnose, load_data, train
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.training.diagnosis.diagnose import apply_rules, export_rules, load_rules

REPORTED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"activation": "relu"}, {"loss": "mse", "learning_rate": 30, "batch_size": 10}, "rate_too_high"),
    ({"hidden": (30,), "activation": "relu"}, {"learning_rate": 3}, "dead_units"),
    ({"activation": "relu", "output": "softmax"}, {"loss": "cross_entropy", "learning_rate": 1}, "dead_units"),
    ({"hidden": (30, 30, 30), "activation": "relu"}, {"learning_rate": 0.5}, "dead_units"),
    ({}, {"optimizer": "momentum", "learning_rate": 4}, "rate_too_high"),
    ({"hidden": (3, 4)}, {"epochs": 4}, "bottleneck"),
]


@pytest.mark.parametrize(("network", "training", "name"), REPORTED, ids=[f"{n} {t}" for n, t, _ in REPORTED])
def test_what_people_reported_is_named(network: dict[str, Any], training: dict[str, Any], name: str) -> None:
    config = TrainingConfig(**{"subset": 3000, "epochs": 2, **training})
    *_, last = train(Network.create(NetworkConfig(**network)), load_data("mnist"), config, engine="reference")
    found = diagnose(last, config)
    assert name in [finding.name for finding in found[:2]]
    assert found[0].setting


def test_a_penalty_beyond_reason_diverges_and_says_so() -> None:
    config = TrainingConfig(l2=1e10, subset=600, epochs=1)
    with pytest.raises(DivergedError, match=r"l2 1e\+10 is so strong"):
        list(train(Network.create(), load_data("mnist"), config, engine="reference"))


def test_a_good_training_has_no_findings_and_so_has_none_at_all() -> None:
    config = TrainingConfig(subset=2000, epochs=4)
    *_, last = train(Network.create(), load_data("mnist"), config, engine="reference")
    assert diagnose(last, config) == ()
    assert diagnose(Model.of(last, config)) == ()
    assert diagnose(Model(Network.create())) == ()
    with pytest.raises(ConfigError, match="the training is 'x', not of type Checkpoint; call diagnose"):
        diagnose("x", config)


def test_every_rule_says_all_of_it_in_full_sentences() -> None:
    names = [rule["name"] for rule in load_rules()]
    assert len(set(names)) == len(names) >= 18
    for rule in export_rules()["rules"]:
        assert {"name", "when", "seen", "why", "try", "source"} <= set(rule)
        assert not rule["try"].endswith(".")
        known = {name for name, _, _ in rule["when"]}
        assert known <= set(re.findall(r'"(\w+)"', json.dumps(sorted(known))))


def test_the_reference_lists_the_rules_with_their_figures() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "training.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", page.partition("| rule | holds where |")[2], re.MULTILINE)
    shown = [
        (rule["name"], ", ".join(f"`{name}` {sign} {f'`{figure}`' if isinstance(figure, str) else figure}"
                                 for name, sign, figure in rule["when"]))
        for rule in load_rules()
    ]  # fmt: skip
    assert rows[: len(shown)] == shown


def test_the_rules_give_what_other_programs_are_held_to() -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert golden["rules"] == json.loads(json.dumps(export_rules()["rules"]))
    assert len(golden["vectors"]) > 30
    for vector in golden["vectors"]:
        assert [finding.sentence for finding in apply_rules(vector["quantities"])] == vector["sentences"]
    assert json.loads(json.dumps(make_golden())) == golden, "write it anew: python tests/shared/diagnosis_golden.py"


def test_the_golden_file_is_no_larger_than_it_need_be() -> None:
    assert Path(GOLDEN).stat().st_size < 200_000
