"""Converts networks, checkpoints and calibrations to the JSON values and named tensors of a model file, and back.

`mnist_nn.model_file.storage` writes them to a file and checks that they fit together.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import Tally
from mnist_nn.engines.preparation import Preparation
from mnist_nn.errors import quote
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.selective import ThresholdTest
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, drop_unused
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState, get_optimizer
from mnist_nn.nn.preparation import Steps
from mnist_nn.training.checkpoint import Checkpoint, Scores
from mnist_nn.training.diagnosis.signs import Signs
from mnist_nn.training.early_stopping import Best

Tensors = dict[str, npt.NDArray[Any]]
CALIBRATION_NUMBERS = ("temperature", "bias", "not_a_digit")
AVERAGE, BEST, PREPARATION = "resume/average/", "resume/best/", "resume/preparation/"
CALIBRATION_ARRAYS = ("weights", "table")
# What files that were written before have in the place of today's names.
OLD_FIELDS = {"rate": "learning_rate"}
OLD_LOSSES = {"seed_mse": "classic_mse"}


def build_network(config: NetworkConfig, tensors: Tensors, prefix: str = "") -> Network:
    """Build a network from its arrays among the tensors; their names may begin with a prefix."""
    names = [f"{prefix}{letter}{layer}" for layer in range(1, len(config.sizes)) for letter in "Wb"]
    arrays = [tensors[name] for name in names]
    return Network(config, tuple(arrays[0::2]), tuple(arrays[1::2]))


def describe_checkpoint(at: Checkpoint) -> dict[str, Any]:
    """Return everything about a checkpoint except its arrays, as JSON values."""
    return {
        "epoch": at.epoch,
        "offset": at.offset,
        "updates": at.state.updates,
        "tally": [at.tally.samples, at.tally.reported, at.tally.descended, at.tally.correct],
        "seconds": at.seconds,
        "best": at.best and {"epoch": at.best.epoch, "accuracy": at.best.accuracy},
        **({"engines": list(at.engines)} if at.engines else {}),
        "draws": at.draws,
        **({"teacher": at.teacher} if at.teacher else {}),
        **({"averaged": True} if at.average else {}),
        **({"prune_to": list(at.prune_to)} if at.prune_to else {}),
        **({"preparation": _describe_preparation(at.preparation)} if at.preparation else {}),
        **({"signs": [signs.to_dict() for signs in at.signs]} if at.signs else {}),
    }


def collect_checkpoint_tensors(at: Checkpoint) -> Tensors:
    """Return the arrays that resuming needs besides the network: slots, and weights that are not the network's own."""
    names = at.network.parameter_names
    tensors = {
        f"resume/{slot}/{name}": array
        for slot, arrays in at.state.slots.items()
        for name, array in zip(names, arrays, strict=True)
    }
    if at.chosen is not at.network:
        tensors |= _name_parameters("resume/", at.network)
    if at.average is not None and at.average is not at.chosen:
        tensors |= _name_parameters(AVERAGE, at.average)
    if at.preparation:
        tensors[f"{PREPARATION}mean"] = at.preparation.mean
        tensors |= {} if at.preparation.axes is None else {f"{PREPARATION}axes": at.preparation.axes}
        tensors |= _name_parameters(BEST, at.best.network) if at.best else {}
    return tensors


def _describe_preparation(preparation: Preparation) -> dict[str, Any]:
    return {"steps": preparation.steps.text, "pixels": preparation.pixels, "scale": preparation.scale}


def _build_preparation(saved: Mapping[str, Any], tensors: Tensors) -> Preparation:
    steps, pixels, mean = Steps.parse(saved["steps"]), int(saved["pixels"]), tensors[f"{PREPARATION}mean"]
    blocks = replace(steps, components=None).count_inputs(pixels)
    axes = tensors[f"{PREPARATION}axes"] if steps.components else None
    if mean.shape != (blocks,) or (axes is not None and axes.shape != (steps.components, blocks)):
        raise ValueError("the preparation of the inputs does not fit its pictures")
    scale = float(saved["scale"])
    if not (np.isfinite(mean).all() and (axes is None or np.isfinite(axes).all()) and 0 < scale < np.inf):
        raise ValueError("the preparation of the inputs contains NaN or infinity")
    return Preparation(steps, pixels, mean, scale, axes)


def _name_parameters(prefix: str, network: Network) -> Tensors:
    return {f"{prefix}{name}": p for name, p in zip(network.parameter_names, network.parameters, strict=True)}


def build_training(header: Mapping[str, Any]) -> TrainingConfig:
    """Build a training configuration from its JSON values, some of which have other names in older files.

    Examples
    --------
    >>> build_training({"loss": "seed_mse", "rate": 0.5}) == TrainingConfig(loss="classic_mse", learning_rate=0.5)
    True
    >>> build_training({"optimizer": "sgd", "beta1": 0.8}) == TrainingConfig(optimizer="sgd")
    True
    """
    values = {OLD_FIELDS.get(name, name): value for name, value in header.items()}
    if values.get("loss") in OLD_LOSSES:
        values["loss"] = OLD_LOSSES[values["loss"]]
    return TrainingConfig.from_dict(drop_unused(values))


def build_checkpoint(
    header: Mapping[str, Any], training: TrainingConfig, chosen: Network, tensors: Tensors
) -> Checkpoint:
    """Build a checkpoint from the header and the tensors of a model file."""
    saved, names = header["checkpoint"], chosen.parameter_names
    preparation = _build_preparation(saved["preparation"], tensors) if saved.get("preparation") else None
    config = chosen.config
    if preparation:
        inputs = preparation.steps.count_inputs(preparation.pixels)
        config = replace(config, inputs=inputs, prepare=preparation.steps.text)
    slots = {
        slot: tuple(tensors[f"resume/{slot}/{name}"] for name in names)
        for slot in get_optimizer(training.optimizer).slots
    }
    for arrays in slots.values():
        Network(config, arrays[0::2], arrays[1::2])  # a slot has the shapes and the type of the parameters
    current = build_network(config, tensors, "resume/") if preparation or "resume/W1" in tensors else chosen
    average = None
    if saved.get("averaged"):
        average = build_network(config, tensors, AVERAGE) if preparation or f"{AVERAGE}W1" in tensors else chosen
    best = None
    if saved["best"]:
        network = build_network(config, tensors, BEST) if preparation else chosen
        best = Best(network, int(saved["best"]["epoch"]), float(saved["best"]["accuracy"]))
    samples, reported, descended, correct = saved["tally"]
    return Checkpoint(
        network=current,
        state=OptimizerState(int(saved["updates"]), slots),
        epoch=int(saved["epoch"]),
        offset=int(saved["offset"]),
        tally=Tally(int(samples), float(reported), float(descended), int(correct)),
        seconds=float(saved["seconds"]),
        best=best,
        history=tuple(_build_scores(row) for row in header["history"]),
        engines=_check_engines(saved.get("engines", [])),
        signs=tuple(Signs.from_dict(row) for row in saved.get("signs", [])),
        average=average,
        draws=int(saved.get("draws", 1)),
        teacher=saved.get("teacher") and str(saved["teacher"]),
        preparation=preparation,
        prune_to=tuple(map(int, saved.get("prune_to", ()))),
    )


def _check_engines(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"engines is {quote(names)}, but must be a list of names")
    if "" in names or any(one == other for one, other in pairwise(names)):
        raise ValueError(f"engines is {quote(names)}, but must name each engine once where it takes over from another")
    return tuple(names)


def _build_scores(row: Mapping[str, Any]) -> Scores:
    return Scores(epoch=int(row["epoch"]), **{name: float(value) for name, value in row.items() if name != "epoch"})


def describe_calibration(calibration: Calibration) -> dict[str, Any]:
    """Return everything about a calibration except its arrays, as JSON values."""
    return {name: getattr(calibration, name) for name in CALIBRATION_NUMBERS} | describe_test(calibration.test)


def collect_calibration_tensors(calibration: Calibration) -> Tensors:
    """Return the arrays of a calibration by their names in the file."""
    arrays = {f"calibration/{name}": getattr(calibration, name) for name in CALIBRATION_ARRAYS}
    return arrays | collect_test_tensors(calibration.test, "calibration/")


def build_calibration(header: Mapping[str, Any], tensors: Tensors) -> Calibration:
    """Build a calibration from the header and the tensors of a model file."""
    values: dict[str, Any] = {name: tensors[f"calibration/{name}"] for name in CALIBRATION_ARRAYS}
    values |= {name: float(header[name]) for name in CALIBRATION_NUMBERS}
    return Calibration(**values, test=build_test(header, tensors, "calibration/"))


def describe_test(test: ThresholdTest | None) -> dict[str, Any]:
    """Return everything about a test of thresholds except its array, as JSON values."""
    return {} if test is None else {"test_sizes": test.sizes.tolist()}


def collect_test_tensors(test: ThresholdTest | None, prefix: str) -> Tensors:
    """Return a test of thresholds as one array: the thresholds, and the accepted and wrong counts of each set."""
    if test is None:
        return {}
    return {f"{prefix}test": np.column_stack([test.thresholds, test.accepted, test.wrong]).astype(np.float64)}


def build_test(header: Mapping[str, Any], tensors: Tensors, prefix: str) -> ThresholdTest | None:
    """Build a test of thresholds from its JSON values and the tensors of a file; None if there is none."""
    if not header.get("test_sizes"):
        return None
    sizes, values = np.array(header["test_sizes"], np.int64), tensors[f"{prefix}test"]
    accepted, wrong = np.split(values[:, 1:].astype(np.int64), [len(sizes)], axis=1)
    return ThresholdTest(values[:, 0], accepted, wrong, sizes)
