"""``compare`` as a person meets it: two models, two configurations, and what cannot be compared."""

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE
from scipy import stats

from mnist_nn import load_data, load_model, predict
from mnist_nn.cli.program import run

FEW = "--subset 300 --epochs 2"
Cli = Callable[..., Any]


def test_two_models_are_compared_image_by_image(cli: Cli, model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    assert run(["train", "--subset", "300", "--epochs", "1", "--quiet", "--model", str(other)]) == 0
    found = cli("compare", model, other, "--json").json
    test = load_data("mnist").test
    right = [predict(load_model(path).network, test.images).label == test.labels for path in (model, other)]
    only = [int(np.sum(right[0] & ~right[1])), int(np.sum(right[1] & ~right[0]))]
    assert [found["images"]["only_a"], found["images"]["only_b"]] == only
    assert found["p_value"] == pytest.approx(stats.binomtest(only[0], sum(only)).pvalue)
    assert found["better"] == "a"
    assert found["paired_by"] == "images"
    out = cli("compare", model, other).out
    assert "A is better on these images" in out
    assert "--seeds N" in out


def test_a_model_is_not_better_than_itself(cli: Cli, model: Path) -> None:
    outcome = cli("compare", model, model)
    assert outcome.code == 0
    assert "no difference shown" in outcome.out
    assert "p = 1 " in outcome.out


def test_configurations_are_compared_by_seeds_and_jobs_change_nothing(cli: Cli) -> None:
    sides = ("compare", "--subset 300 --epochs 1", "small --subset 300 --epochs 4", "--seeds", "3")
    found = cli(*sides, "--engine", "reference", "--json").json
    assert (found["seeds"], found["images"]) == ([0, 1, 2], None)
    assert found["p_value"] == pytest.approx(stats.ttest_rel(*(found[side]["accuracies"] for side in "ab")).pvalue)
    assert found["better"] == ("b" if found["p_value"] < 0.05 else None)
    assert found["difference"] > 0.1
    assert found["seeds_for_half_a_point"] >= 2
    assert cli(*sides, "--engine", "reference", "--jobs", "1", "--json").json == found
    single = cli("train", "--subset", "300", "--epochs", "1", "--seed", "2", "--engine", "reference", "--json").json
    assert found["a"]["accuracies"][2] == single["test_accuracy"]


def test_equal_configurations_show_no_difference_and_say_what_it_takes(cli: Cli) -> None:
    outcome = cli("compare", FEW, FEW + " --l2 1e-9", "--seeds", "2", "--engine", "reference")
    assert "no difference shown" in outcome.out
    assert re.search(r"A difference of half a point would be shown with \d+ seeds", outcome.out)
    assert outcome.err.count("A, seed") == outcome.err.count("B, seed") == 2


def test_the_settings_of_a_model_can_be_a_side(cli: Cli, model: Path) -> None:
    found = cli("compare", model, "--subset 600 --epochs 2", "--seeds", "2", "--engine", "reference", "--json").json
    assert found["difference"] == 0
    assert found["better"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no.safetensors", "small"), "no.safetensors"),
        (("huge", "small"), "unknown preset"),
        (("--rate x", "small"), "is neither a model file nor a configuration"),
        (("--nonsense 3", "small"), "is neither a model file nor a configuration"),
        (("'", "small"), "is neither a model file nor a configuration"),
        (("--seed 3", "small"), "names a seed"),
        (("small", "small", "--seeds", "1"), "at least 2"),
        (("--loss hinge", "small"), "hinge"),
        ((f"{FEW} --rate 1e30 --l2 1e30", FEW, "--seeds", "2"), "diverged with all seeds"),
        (("x" * 5000, "small"), "unknown preset"),
        (("small", "wide", "--sedes", "3"), "--sedes"),
    ],
)
def test_what_cannot_be_compared_is_one_line(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    outcome = cli("compare", *arguments, "--quiet")
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_threads_without_training_are_refused(cli: Cli, model: Path) -> None:
    assert "--jobs has no effect" in cli("compare", model, model, "--jobs", "2").err


def test_ctrl_c_ends_it(process: Callable[..., subprocess.Popen[str]]) -> None:
    running = process("compare", FEW, FEW, "--seeds", "2000", "--jobs", "1")
    assert running.stderr
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, out) == (130, "")
    assert "stopped; nothing is compared" in err
