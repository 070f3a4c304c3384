"""The cases: which tasks are raced, by whom, and what we set out to reach in each.

Each function runs one group of cases and returns it as a report's section.
"""

import itertools
import statistics
from collections.abc import Callable

from benchmarks import contest, startup
from benchmarks.contest import Case, Pace
from benchmarks.growth import grow
from benchmarks.peers import MODULES, OURS, TRAINERS
from benchmarks.report import Section, accuracy_section, commands_section, contest_section
from benchmarks.task import Images, Parameters, Task
from benchmarks.worker import Field, Worker

ONLINE = Task((20,), 1, "sgd", sigmoid=True)
BATCHES = (1, 32, 128, 512)
HIDDEN = ((20,), (128,), (800,), (512, 512))
OPTIMIZERS = ("momentum", "adam")
QUICK_GRID = tuple(Task(hidden, batch, "momentum") for hidden in ((20,), (800,)) for batch in (1, 128))
GRID = tuple(Task(hidden, batch, o) for hidden, o, batch in itertools.product(HIDDEN, OPTIMIZERS, BATCHES))
QUICK = Pace(0.03, 2)
FULL = Pace()
SCRIPTS = tuple(
    name for name in TRAINERS if name != "torch.compile"
)  # whose compiling alone takes longer than the race
TO_REACH = {"NumPy": 30, "PyTorch": 150, "scikit-learn": 150, "JAX": 1}


def online(field: Field, threads: int, *, quick: bool) -> Section:
    """Exact per-sample SGD, the seed's rule."""
    images = Images.of("train")
    racers = field.of(_trainers(quick=quick), threads)
    case = contest.train("online", ONLINE, racers, threads, images, QUICK if quick else FULL)
    met = [f"{name} {case.times(name):.1f} × (target {least})" for name, least in TO_REACH.items()]
    lines = [f"Target 1.0 µs per sample: {case.ours.median:.3f} µs.", f"Speedup over {', '.join(met)}."]
    return contest_section(f"online-{threads}", "Online: one update per sample", [case], lines)


def grid(field: Field, threads: int, *, quick: bool) -> Section:
    """Mini-batches of several sizes, networks and rules."""
    images = Images.of("train")
    racers = field.of(_trainers(quick=quick), threads)
    pace, tasks = (QUICK, QUICK_GRID) if quick else (FULL, GRID)
    cases = []
    for task in tasks:
        cases.append(contest.train("grid", task, racers, threads, images, pace))
        print(f"{cases[-1].name}: {cases[-1].ours.median:.2f} µs, {cases[-1].ratio:.2f} × {cases[-1].best.name}")
    return contest_section(f"grid-{threads}", "Mini-batches, ReLU and softmax", cases, _summary(cases, 3))


def inference(field: Field, threads: int, *, quick: bool) -> Section:
    """All 10,000 test images in one go."""
    cases = _inference(field, threads, ("infer", "infer_pixels"), quick=quick)
    return contest_section(f"inference-{threads}", "Inference of 10,000 images", cases, _summary(cases, 1))


def one(field: Field, threads: int, *, quick: bool) -> Section:
    """One image at a time, the model loaded, in process."""
    cases = _inference(field, threads, ("one", "one_pixels"), quick=quick)
    seed = next(case for case in cases if str(ONLINE) in case.name and VERBS["one_pixels"] in case.name)
    lines = [f"784-20-10 from bytes, target 10 µs: {seed.ours.median:.1f} µs.", *_summary(cases, 1)]
    return contest_section(f"one-{threads}", "Inference of one image", cases, lines)


VERBS = {"infer": "placed", "infer_pixels": "from bytes", "one": "placed", "one_pixels": "from bytes"}


def _inference(field: Field, threads: int, verbs: tuple[str, ...], *, quick: bool) -> list[Case]:
    names = _without_compile(tuple(MODULES)) if quick else tuple(MODULES)
    cases: list[Case] = []
    racers = field.of(names, threads)
    for task in (ONLINE, Task((800,), 128, "adam")):
        parameters = _trained(racers, task)
        for verb in verbs:
            case = contest.infer("inference", task, parameters, racers, threads, verb, QUICK if quick else FULL)
            case.name = f"{task}, {VERBS[verb]}"
            cases.append(case)
    return cases


def commands(_field: Field, threads: int, *, quick: bool) -> Section:
    """The command line."""
    return commands_section(f"commands-{threads}", startup.commands(2 if quick else 5, threads), threads)


def accuracy(_field: Field, threads: int, *, quick: bool) -> Section:
    """From the start of a script to an accuracy."""
    found = startup.arrivals((OURS, "PyTorch") if quick else SCRIPTS, threads, 5 if quick else 30)
    return accuracy_section(f"accuracy-{threads}", found, threads)


def growth(field: Field, threads: int, *, quick: bool) -> Section:
    """How cost grows, beside what theory says and what the machine can do."""
    return grow(field, threads, quick=quick)


CASES: dict[str, Callable[..., Section]] = {
    "online": online,
    "grid": grid,
    "inference": inference,
    "one": one,
    "commands": commands,
    "accuracy": accuracy,
    "growth": growth,
}


def _trainers(*, quick: bool) -> tuple[str, ...]:
    return _without_compile(TRAINERS) if quick else TRAINERS


def _without_compile(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name != "torch.compile")


def _trained(racers: list[Worker], task: Task) -> Parameters:
    ours = next(worker for worker in racers if worker.name == OURS)
    ours.ask("train", task, 60_000 // task.quantum * task.quantum)
    return ours.ask("parameters")  # type: ignore[no-any-return]


def _summary(cases: list[Case], mean: float) -> list[str]:
    ratios = [case.ratio for case in cases]
    behind = [f"{case.name} ({case.ratio:.2f})" for case in cases if case.ratio < 1]
    mean_ratio = statistics.geometric_mean(ratios)
    least = f"geometric mean {mean_ratio:.2f} (target {mean}), minimum {min(ratios):.2f} (target 1)"
    where = f": {'; '.join(behind)}" if behind else ""
    return [f"Speedup over the best other library: {least}.", f"Slower in {len(behind)} of {len(cases)}{where}."]
