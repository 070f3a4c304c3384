"""Run other people's programs: functions, or objects that keep their own weights.

A program is tried in one layout on one case. It shows its results and how its parameters change; other modules decide
what that means. It runs in this process, and its output is thrown away.
"""

import contextlib
import copy
import importlib.util
import inspect
import io
import itertools
import numbers
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mnist_nn.errors import ConfigError, shorten
from mnist_nn.evaluation.student import names
from mnist_nn.evaluation.student.binding import Workspace
from mnist_nn.evaluation.student.evidence import Evidence, Observation
from mnist_nn.evaluation.student.layouts import Layout, arrange, flatten, layouts, numeric
from mnist_nn.evaluation.student.quantities import Array, Case, Quantity, first_sample
from mnist_nn.util.checks import describe
from mnist_nn.util.io_errors import explain_io_errors

DEPTH = 4  # how deep weights may lie in an object: network, list of layers, layer, array
SIZES = ((12, 7, 10), (784, 20, 10))
"""The widths of layers on which a program is tried; the second ones if it has MNIST's sizes in its code."""
MAIN = "if __name__ == '__main__'"
DEEPER = (12, 7, 6, 10)  # to see whether a class can be a network; check_student is told its layers


@dataclass(frozen=True)
class Program:
    """The program to run: functions in order with their roles, or ``make``, which builds an object for given sizes."""

    functions: tuple[tuple[str, Callable[..., Any]], ...] = ()
    make: Callable[[tuple[int, ...]], Any] | None = None
    initialize: Callable[..., Any] | None = None
    meant: Mapping[str, str] = field(default_factory=dict)
    sizes: tuple[int, ...] | None = None
    found: bool = False  # whether the functions were found by their names in a file

    @property
    def flexible(self) -> bool:
        """Whether the widths of the layers can be chosen."""
        return self.sizes is None

    def layouts(self) -> Iterator[Layout]:
        """List the layouts that it may have."""
        if self.make:
            return layouts(parameters=False, containers=False)
        taken = [p.name for _, f in self.functions for p in names.parameters(f)]
        chosen = [self.meant.get(name, name) for name in taken]
        return layouts(
            parameters=any("params" in names.meanings(n) or _holds_parameters(n) for n in chosen),
            containers=any("params" in names.meanings(n) for n in chosen),
        )

    def build(self, sizes: tuple[int, ...]) -> Any:
        """Make the object, if the program is one.

        Raises
        ------
        ConfigError
            If its constructor stops.
        """
        if self.make is None:
            return None
        try:
            with quiet():
                return self.make(sizes)
        except ConfigError:
            raise
        except (Exception, SystemExit) as error:
            raise ConfigError(
                f"the object cannot be made for layers of {list(sizes)} units: {tell(error)}; give an object, or the "
                "sizes with layers=(inputs, hidden, outputs)"
            ) from error

    def initial(self, sizes: tuple[int, ...]) -> list[Array]:
        """Return the weights that it starts with, as matrices with one row per unit; empty if they are not known."""
        arrays: list[Array] = []
        if self.make:
            arrays = [slot.get() for slot in find_parameters(self.build(sizes), sizes)["W"]]
        elif self.initialize:
            try:
                with quiet():
                    arrays = [array for _, array in flatten(construct(self.initialize, sizes))]
            except ConfigError:
                raise
            except (Exception, SystemExit) as error:
                name = getattr(self.initialize, "__name__", "initialize")
                raise ConfigError(f"{name} stops for layers of {list(sizes)} units: {tell(error)}") from error
        found = []
        for fan_in, units in itertools.pairwise(sizes):
            shapes = [array for array in arrays if array.shape in {(units, fan_in), (fan_in, units)}]
            if not shapes:
                return []
            found.append(shapes[0] if shapes[0].shape == (units, fan_in) else shapes[0].T)
        return found

    def rate(self, sizes: tuple[int, ...]) -> float | None:
        """Return the learning rate in its code; None if it takes one as an argument, and 1 if it has none."""
        thing = self.build(sizes)
        functions = [f for _, f in (methods(thing) if self.make else self.functions)]
        if any("eta" in names.meanings(self.meant.get(p.name, p.name)) for f in functions for p in names.parameters(f)):
            return None
        if thing is not None and set_rate(thing, 1.0):
            return None
        spaces = [getattr(inspect.unwrap(getattr(f, "__func__", f)), "__globals__", {}) for f in functions]
        known = [
            v for space in spaces for name, v in space.items() if "eta" in names.meanings(name) and isinstance(v, float)
        ]
        return known[0] if known else 1.0

    def has_biases(self, sizes: tuple[int, ...]) -> bool:
        """Whether the program has biases."""
        if self.make:
            return bool(find_parameters(self.build(sizes), sizes)["b"])
        taken = [self.meant.get(p.name, p.name) for _, f in self.functions for p in names.parameters(f)]
        parsed = [names.parse(name, len(sizes) - 1) for name in taken]
        kinds = {one[0] for one in parsed if one} | {meaning for name in taken for meaning in names.meanings(name)}
        return not kinds & {"W", "weights"} or bool(kinds & {"b", "biases", "params"})

    def observe(self, case: Case, layout: Layout) -> Observation:
        """Run the program once; its own exceptions pass through."""
        taken = {names.plain(p.name) for _, f in self.functions for p in names.parameters(f)}
        first = 0 if taken & {"w0", "b0", "dw0", "db0", "weights0"} else 1
        work = Workspace(case if layout.batched else first_sample(case), layout, self.meant, first)
        with quiet():
            weights = self._run_object(self.make, work) if self.make else self._run_functions(work)
        return Observation(work.case, weights, tuple(work.evidence), work.returned)

    def _run_functions(self, work: Workspace) -> str:
        for role, function in self.functions:
            try:
                work.call(role, function)
            except ConfigError:
                if role != "cost" or not self.found:
                    raise
        if not any(one.candidates[0].kind in {"W", "b"} for one in work.evidence):
            work.note_parameters(*work.current(), "the parameters after the update")
        return work.layout.weights

    def _run_object(self, make: Callable[[tuple[int, ...]], Any], work: Workspace) -> str:
        thing = make(work.case.config.sizes)
        slots = find_parameters(thing, work.case.config.sizes)
        weights = "out,in" if slots["W"][0].get().shape == work.case.W[0].shape else "in,out"
        work.layout = Layout(work.layout.samples, weights, labels=work.layout.labels)
        for kind, values in (("W", work.case.W), ("b", work.case.b)):
            for slot, value in zip(slots[kind], values, strict=bool(slots[kind])):
                slot.set(value if kind == "b" or weights == "out,in" else value.T)
        set_rate(thing, work.case.eta)
        before = {kind: [slot.get().copy() for slot in found] for kind, found in slots.items()}
        for role, method in methods(thing):
            work.call(role, method)
            if role == "backward" and self._changed(slots, before):
                break
        if self._changed(slots, before):
            now = {kind: [slot.get() for slot in found] for kind, found in slots.items()}
            work.evidence = [one for one in work.evidence if one.candidates[0].kind not in {"W", "b"}]
            for kind in "Wb":
                for k, value in enumerate(now[kind]):
                    if value.shape != before[kind][k].shape:
                        raise ValueError(
                            f"{slots[kind][k].name} changed its shape from {before[kind][k].shape} to {value.shape}"
                        )
                    work.evidence.append(Evidence(slots[kind][k].name, (Quantity(kind, k + 1),), value))
        else:
            self._note_gradients(thing, work)
        return weights

    @staticmethod
    def _changed(slots: Mapping[str, list["Slot"]], before: Mapping[str, list[Array]]) -> bool:
        return any(
            one.get().shape != value.shape or (one.get() != value).any()
            for kind, found in slots.items()
            for one, value in zip(found, before[kind], strict=True)
        )

    @staticmethod
    def _note_gradients(thing: Any, work: Workspace) -> None:
        """Without an update, gradients that an object keeps are what it shows."""
        if any(one.candidates[0].kind in {"dW", "db"} for one in work.evidence):
            return
        taken: set[Quantity] = set()
        for slot in walk(thing):
            if not names.is_gradient(slot.name):
                continue
            value = slot.get()
            for q in (Quantity(kind, k + 1) for kind in ("dW", "db") for k in range(work.case.layers)):
                if q not in taken and arrange(value, q, work.case, work.layout.weights) is not None:
                    work.evidence.append(Evidence(slot.name, (q,), value))
                    taken.add(q)
                    break


def tell(error: BaseException) -> str:
    """Say with what a program stops.

    Examples
    --------
    >>> tell(KeyError("W1")), tell(NotImplementedError()), tell(EOFError())
    ("KeyError: 'W1'", 'NotImplementedError', 'it asks for input, which nobody can give here')
    """
    if isinstance(error, EOFError):
        return "it asks for input, which nobody can give here"
    said = str(error) if str(error) != "None" else ""
    return shorten(": ".join(filter(None, (type(error).__name__, said))))


def _holds_parameters(name: str) -> bool:
    known = names.parse(name, 2)
    return bool(known and known[0] in {"W", "b", "dW", "db"}) or bool({"weights", "biases"} & set(names.meanings(name)))


@dataclass(frozen=True, eq=False)
class Slot:
    """A place in an object where an array or a nested list of numbers is."""

    name: str
    owner: Any
    key: Any

    def raw(self) -> Any:
        """Return the array or nested list in this place."""
        return self.owner[self.key] if isinstance(self.owner, (dict, list)) else getattr(self.owner, self.key)

    def get(self) -> Array:
        """Return it as an array."""
        value = self.raw()
        return value if isinstance(value, np.ndarray) else np.array(value, dtype=float)

    def set(self, value: Array) -> None:
        """Fill it with other numbers, and keep its shape and type."""
        raw = self.raw()
        fresh: Any = value.reshape(self.get().shape)
        fresh = fresh.tolist() if isinstance(raw, list) else fresh.astype(raw.dtype if raw.dtype.kind == "f" else float)
        if isinstance(raw, list):
            raw[:] = fresh
        elif isinstance(self.owner, (dict, list)):
            self.owner[self.key] = fresh
        else:
            setattr(self.owner, self.key, fresh)


def walk(thing: Any, name: str = "", depth: int = DEPTH) -> Iterator[Slot]:
    """Find all arrays in an object, its lists, dictionaries and objects, in the order in which they were made."""
    if isinstance(thing, dict):
        items = list(thing.items())
    elif isinstance(thing, (list, tuple)):
        items = list(enumerate(thing))
    else:
        items = list(vars(thing).items()) if hasattr(thing, "__dict__") else []
    for key, value in items:
        label = f"{name}.{key}" if isinstance(key, str) else f"{name}[{key}]"
        if isinstance(value, np.ndarray) or numeric(value) is not None:
            if not isinstance(value, np.ndarray) or value.dtype.kind in "fiu":
                yield Slot(label.lstrip("."), thing, key)
        elif depth and not isinstance(value, (str, numbers.Number, type)) and not inspect.isroutine(value):
            yield from walk(value, label, depth - 1)


def find_sizes(thing: Any) -> tuple[int, ...]:
    """Read the widths of the layers from an object's weights.

    Raises
    ------
    ConfigError
        If its matrices do not follow each other.
    """
    slots = [slot for slot in walk(thing) if not names.is_gradient(slot.name)]
    shapes = [slot.get().shape for slot in slots if slot.get().ndim == len(("out", "in")) and min(slot.get().shape) > 1]
    for chain in (shapes, [shape[::-1] for shape in shapes]):
        if chain and all(a[1] == b[0] for a, b in itertools.pairwise(chain)):
            return (chain[0][0], *(shape[1] for shape in chain))
    raise ConfigError(
        f"the object's matrices {shapes} do not form consecutive layers; give layers=(inputs, hidden, outputs)"
    )


def find_parameters(thing: Any, sizes: tuple[int, ...]) -> dict[str, list[Slot]]:
    """Find the weights and biases of an object by their shapes.

    Raises
    ------
    ConfigError
        If there are no matrices for layers of these sizes.
    """
    slots = [slot for slot in walk(thing) if not names.is_gradient(slot.name)]
    slots.sort(key=lambda slot: not _is_bias(slot.name))  # vectors that are called biases come before others
    found: dict[str, list[Slot]] = {"W": [], "b": []}
    for fan_in, units in itertools.pairwise(sizes):
        W = _take(slots, {(units, fan_in), (fan_in, units)})
        if W is None:
            shapes = ", ".join(f"{s.name} {s.get().shape}" for s in slots) or "none"
            raise ConfigError(
                f"layers of {sizes} units need weights {units}×{fan_in}, but the object's arrays are: {shapes}; give "
                "the sizes with layers=(inputs, hidden, outputs)"
            )
        found["W"].append(W)
        b = _take(slots, {(units,), (units, 1), (1, units)})
        found["b"] += [b] if b else []
    if len(found["b"]) < len(found["W"]):
        found["b"] = []
    return found


def _take(slots: list[Slot], shapes: set[tuple[int, ...]]) -> Slot | None:
    """Take the first array of a shape out of a list."""
    at = next((i for i, slot in enumerate(slots) if slot.get().shape in shapes), None)
    return None if at is None else slots.pop(at)


def _is_bias(name: str) -> bool:
    last = names.plain(name.split("[", maxsplit=1)[0])
    return last.startswith(("b", "theta", "offset")) or "bias" in name.lower()


def set_rate(thing: Any, eta: float) -> bool:
    """Give an object the learning rate of the case, if it keeps one, and say whether it does."""
    found = False
    things = [thing, *(v for v in getattr(thing, "__dict__", {}).values() if hasattr(v, "__dict__"))]
    things += [
        one
        for v in getattr(thing, "__dict__", {}).values()
        if isinstance(v, list)
        for one in v
        if hasattr(one, "__dict__")
    ]
    for one in things:
        for name, value in list(getattr(one, "__dict__", {}).items()):
            if "eta" in names.meanings(name) and isinstance(value, numbers.Real):
                setattr(one, name, eta)
                found = True
    return found


def methods(thing: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Choose the methods that make one update: forward, backward and update, or a single one that trains."""
    forward, backward = _find(thing, names.FORWARD), _find(thing, names.BACKWARD)
    chosen: list[tuple[str, Callable[..., Any]]] = []
    if forward:
        chosen.append(("forward", forward))
    if backward:
        chosen.append(("backward", backward))
        if update := _find(thing, names.UPDATE):
            chosen.append(("update", update))
    elif train := _find(thing, names.TRAIN):
        chosen.append(("backward", train))
    return chosen


def _find(thing: Any, choices: str) -> Callable[..., Any] | None:
    by_name = {names.plain(name): name for name in dir(thing) if not name.startswith("__")}
    return next(
        (getattr(thing, by_name[c]) for c in choices.split() if c in by_name and callable(getattr(thing, by_name[c]))),
        None,
    )


def as_program(
    program: Any, backward: Any = None, update: Any = None, cost: Any = None, initialize: Any = None,
    meant: Mapping[str, str] | None = None,
) -> Program:  # fmt: skip
    """Make a program from a file, a module, a class, an object, or functions.

    Raises
    ------
    ConfigError
        If it contains nothing that can run.
    """
    meant = meant or {}
    if isinstance(program, (str, Path)):
        program = load_module(Path(program))
    if isinstance(program, ModuleType):
        return _of_module(program, meant)
    if inspect.isclass(program) and _find(program, names.EVERY):
        fixed = None if _has_weights(program) else _fixed_sizes(program)
        return Program(make=partial(construct, program), meant=meant, sizes=fixed)
    if inspect.isroutine(program):
        first = "forward" if backward or cost else "backward"
        roles = ((first, program), ("cost", cost), ("backward", backward), ("update", update))
        for role, function in roles:
            if function is not None:
                check_function(role, function)
        if first == "backward" and not update:
            _check_update(program, meant)
        return Program(tuple((role, f) for role, f in roles if f is not None), None, initialize, meant)
    if not inspect.isclass(program) and methods(program):
        return Program(make=lambda _sizes: copy.deepcopy(program), meant=meant, sizes=find_sizes(program))
    raise ConfigError(
        f"there is nothing to run in {_name_thing(program)}; give a file, a module, functions, a class or an object"
        " with methods such as forward and backward"
    )


def _name_thing(program: Any) -> str:
    return f"the class {program.__name__}" if inspect.isclass(program) else describe(program)


def check_function(role: str, function: Any) -> None:
    """Check that something can be called, and that Python knows its parameters.

    Raises
    ------
    ConfigError
        If not.

    Examples
    --------
    >>> check_function("forward", 3)
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: forward is 3, not a function; give a function written in Python
    """
    if not callable(function) or inspect.isclass(function):
        raise ConfigError(f"{role} is {_name_thing(function)}, not a function; give a function written in Python")
    try:
        names.parameters(function)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"it is not clear which parameters {getattr(function, '__name__', role)} takes; give a function written in"
            " Python"
        ) from error


def _check_update(function: Callable[..., Any], meant: Mapping[str, str]) -> None:
    """Raise ConfigError if a function that is given alone cannot be an update, as it knows no label and no error."""
    taken = [meant.get(p.name, p.name) for p in names.parameters(function)]
    meanings = {meaning for name in taken for meaning in names.meanings(name)}
    kinds = {known[0] for name in taken if (known := names.parse(name, 2))}
    understood = all(names.meanings(name) or names.parse(name, 2) for name in taken)
    if understood and not meanings & {"l", "o", "cache", "grads", "case"} and kinds <= {"W", "b"}:
        raise ConfigError(
            f"{getattr(function, '__name__', 'the function')} takes no labels, errors or gradients, so it is no whole "
            "update; give the backward pass too: check_student(forward, backward)"
        )


def _of_module(module: ModuleType, meant: Mapping[str, str]) -> Program:
    own = [v for v in vars(module).values() if inspect.isclass(v) and v.__module__ == module.__name__]
    for kind in own:
        if not _find(kind, names.BACKWARD + " " + names.TRAIN) or _is_layer(kind):
            continue
        if _has_weights(kind):
            return Program(make=partial(construct, kind), meant=meant)
        if fixed := _fixed_sizes(kind):
            return Program(make=partial(construct, kind), meant=meant, sizes=fixed)
    forward, backward = _find(module, names.FORWARD), _find(module, names.BACKWARD)
    train, update = _find(module, names.TRAIN), _find(module, names.UPDATE)
    cost, initialize = _find(module, names.COST), _find(module, names.INITIALIZE)
    functions: list[tuple[str, Callable[..., Any] | None]] = [("forward", forward), ("cost", cost)]
    functions += [("backward", backward), ("update", update)] if backward else [("backward", train)]
    chosen = tuple((role, f) for role, f in functions if f is not None)
    if not any(role == "backward" for role, _ in chosen):
        name = Path(module.__file__).name if module.__file__ else module.__name__
        raise ConfigError(
            f"{name} has no function such as backward or train_step, and no class with such a method; give its "
            "functions: check_student(forward, backward)"
        )
    return Program(chosen, None, initialize, meant, found=True)


def _has_weights(kind: type) -> bool:
    """Whether objects of a class have the weights of a network, at some of the sizes that are tried."""
    for sizes in (*SIZES, DEEPER):
        try:
            with quiet():
                find_parameters(construct(kind, sizes), sizes)
        except (Exception, SystemExit):  # noqa: BLE001, S112 - whatever a student's class raises, it is not the network
            continue
        return True
    return False


def _fixed_sizes(kind: type) -> tuple[int, ...] | None:
    """Return the widths of the layers of a class that has them in its code; None if it has no weights."""
    try:
        with quiet():
            return find_sizes(construct(kind, SIZES[0]))
    except (Exception, SystemExit):  # noqa: BLE001 - as above
        return None


def _is_layer(kind: type) -> bool:
    """Whether a class is one layer of a network: its backward pass takes a gradient."""
    method = _find(kind, names.BACKWARD)
    if method is None:
        return False
    taken = [names.plain(p.name) for p in names.parameters(method)]
    return any(
        p.startswith(("grad", "dout", "dvalue", "outputgrad", "outputerror", "dl", "upstream", "dz", "da", "delta"))
        for p in taken
    )


def construct(kind: Callable[..., Any], sizes: tuple[int, ...]) -> Any:
    """Make an object of a class for layers of these sizes, by the names of its parameters.

    Raises
    ------
    ConfigError
        If it is not clear what a parameter is.
    """
    name, parameters = getattr(kind, "__name__", "it"), names.parameters(kind)
    required = [p.name for p in parameters if p.default is p.empty]
    found: dict[str, Any] = {}
    for p in parameters:
        means = set(names.meanings(p.name))
        widths = [sizes[0], sizes[1] if len(sizes) == len(SIZES[0]) else list(sizes[1:-1]), sizes[-1]]
        width = next((at for at in range(len(widths)) if f"n{at}" in means), None)
        if "sizes" in means and (width is None or len(required) == 1):
            found[p.name] = list(sizes)
        elif "eta" in means:
            found[p.name] = 0.1
        elif width is not None:
            found[p.name] = widths[width]
    missing = [name for name in required if name not in found]
    if missing and len(required) >= len(sizes):
        found |= dict(zip(required, sizes, strict=False))
    elif missing and len(required) == 1:
        found[missing[0]] = list(sizes)
    elif missing:
        raise ConfigError(
            f"it is not clear what the parameter {missing[0]!r} of {name} is; give an object: "
            f"check_student({name}(...))"
        )
    return kind(**found)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Run other people's code: what it prints or warns of is thrown away, and there is nobody to answer `input`."""
    silence = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(silence))
        stack.enter_context(contextlib.redirect_stderr(silence))
        stack.enter_context(warnings.catch_warnings(action="ignore"))
        stack.enter_context(np.errstate(all="ignore"))
        stdin, sys.stdin = sys.stdin, io.StringIO()
        stack.callback(setattr, sys, "stdin", stdin)
        yield


def load_module(path: Path) -> ModuleType:
    """Run a file as a module, without its main part; it may import other files of its folder.

    Raises
    ------
    ConfigError
        If there is no such file, it is not Python, or it stops with an error.
    """
    _check_file(path)
    module_name = f"_checked_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{str(path)!r} cannot be loaded as a module; give the path of a student's .py file")
    module = importlib.util.module_from_spec(spec)
    with _importable(module_name, module, path.resolve().parent):
        try:
            with quiet():
                spec.loader.exec_module(module)
        except SyntaxError as error:
            where = f"line {error.lineno}: " if Path(error.filename or "").name == path.name else ""
            raise ConfigError(f"{path} is not valid Python ({where}{shorten(error.msg)}); correct it first") from error
        except (Exception, SystemExit) as error:
            raise ConfigError(f"{path} stops when it is loaded: {tell(error)}; put that below {MAIN}") from error
    return module


def _check_file(path: Path) -> None:
    """Raise ConfigError if a path is not that of a file with Python code."""
    name = repr(str(path))
    with explain_io_errors(ConfigError, "read", path, "give the path of a student's .py file that you may read"):
        if path.is_dir():
            raise ConfigError(f"{name} is a folder; give one student's .py file in it")
        if not path.exists():
            meant = path.with_name(f"{path.name}.py")
            hint = f"did you mean {str(meant)!r}?" if meant.is_file() else "give the path of a student's .py file"
            raise ConfigError(f"there is no file {name}; {hint}")
        if path.suffix.lower() == ".ipynb":
            raise ConfigError(f"{name} is a notebook; turn it into a .py file with: jupyter nbconvert --to script FILE")
        if path.suffix.lower() != ".py":
            raise ConfigError(f"{name} does not end in .py; give the path of a student's .py file")
        if not path.read_bytes().strip():
            raise ConfigError(f"{name} is empty; give a file with functions such as forward and backward")


@contextlib.contextmanager
def _importable(name: str, module: ModuleType, folder: Path) -> Iterator[None]:
    """Let a file import others of its folder, and forget those afterwards: the next folder may have others."""
    before = set(sys.modules)
    sys.modules[name] = module  # where dataclasses look for it
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for other in set(sys.modules) - before:
            file = getattr(sys.modules[other], "__file__", None)
            if file and Path(file).resolve().parent == folder:
                del sys.modules[other]
