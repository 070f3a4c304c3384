"""What every command prints with ``--json`` is what its schema says, and the schemas say nothing that never comes."""

import io
import json
import os
import runpy
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator
from patience import PATIENCE, ended
from PIL import Image

from mnist_nn import Model, Network, NetworkConfig, TrainingConfig, load_data, save_model
from mnist_nn.cli.commands.schema import names, text_of
from mnist_nn.cli.program import app, run
from mnist_nn.export import FORMATS
from mnist_nn.nn import config
from mnist_nn.reading import results

Cli = Callable[..., Any]
Documents = dict[str, list[Any]]
SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")
SLOW = {"train-reader"}  # its document is looked at in a slow test


def schema(name: str) -> dict[str, Any]:
    return dict(json.loads(text_of(name)))


def document_of(*arguments: str, code: int = 0) -> Any:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert run([*arguments, "--json"]) == code
    assert out.getvalue().isascii()
    return json.loads(out.getvalue())  # which takes one document and nothing after it


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in, with pictures: good ones, a blank one, one that is none, one of something else."""
    folder, before = tmp_path_factory.mktemp("json"), Path.cwd()
    os.chdir(folder)
    images = load_data("mnist").test.images
    Image.fromarray(images[0]).save("seven.png")
    Image.new("L", (28, 28)).save("blank.png")
    Path("text.png").write_text("no picture")
    page = Image.new("L", (300, 200), 240)
    page.paste(0, (20, 20), Image.fromarray(images[8]))  # a hasty 5
    page.paste(0, (200, 120), Image.fromarray(images[1]))
    page.save("page.png")
    save_model("bare.safetensors", Model(Network.create()))
    yield folder
    os.chdir(before)


@pytest.fixture(scope="module")
def documents(place: Path) -> Documents:
    """Documents of all commands, as different as they come."""
    answers: list[Any] = []
    softmax = ("--output", "softmax", "--loss", "cross_entropy", "--optimizer", "momentum")
    trained = [
        document_of("train", *SMALL),
        document_of("train", *SMALL, *softmax, "--hidden", "9,8", "--dropout", "0.1,0", "--validation", "60",
                    "--patience", "9", "--max-norm", "3", "--dtype", "float64", "--log-dir", "runs"),
    ]  # fmt: skip
    found = {
        "train": trained,
        "calibrate": [calibrated()],
        "report": [document_of("report", "mnist-model.safetensors"), document_of("report", "bare.safetensors")],
        "evaluate": [document_of("evaluate", "mnist-model.safetensors")],
        "predict": [
            document_of("predict", "mnist-model.safetensors", "seven.png", "blank.png", "text.png", code=2),
        ],
        "read": [document_of("read", "page.png", "text.png", "--length", "2", code=2)],
        "export": [document_of("export", "mnist-model.safetensors", "--to", name) for name in ("onnx", "npz")],
        "verify": [
            document_of("verify", "mnist-model.safetensors", "mnist-model.onnx"),
            document_of("verify", "mnist-model.previous.safetensors", "mnist-model.onnx", code=1),
        ],
        "play": [document_of("play", "--export", "site"), begun(place, "play", "--no-open")],
        "serve": [begun(place, "serve", "--port", "0", then=lambda url: answers.append(posted(url, Path("page.png"))))],
        "check-gradients": [
            document_of("check-gradients"),
            document_of("check-gradients", "--loss", "mse", "--activation", "relu", "--hidden", "9,8"),
        ],
        "data-info": [document_of("data", "info")],
        "data-export": [document_of("data", "export", "copy")],
    }
    (place / "copy" / "t10k-labels-idx1-ubyte").write_bytes(b"short")
    found["read"] += answers  # the server's are the same documents
    assert [len(answer) for answer in answers] == [1]
    found["data-verify"] = [document_of("data", "verify"), document_of("data", "verify", "copy", code=2)]
    return found


def calibrated() -> Any:
    options = ("--output", "softmax", "--loss", "cross_entropy", "--subset", "4000", "--validation", "0.2")
    assert run(["train", *options, "--epochs", "3", "--engine", "reference", "--quiet", "--model", "m"]) == 0
    return document_of("calibrate", "m")


def posted(url: str, picture: Path) -> Any:
    request = urllib.request.Request(f"{url.rstrip('/')}/read", picture.read_bytes(), {"Content-Type": "image/png"})  # noqa: S310 it begins with http
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 likewise
        return json.loads(answer.read())


def begun(place: Path, *command: str, then: Callable[[str], Any] = len) -> Any:
    """Start what serves until it is stopped, take its document, do something with its address, and stop it."""
    arguments = [sys.executable, "-m", "mnist_nn", *command, "--json"]
    running = subprocess.Popen(arguments, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with ended(running):
        assert running.stdout
        text = ""
        while not text.rstrip().endswith("}"):
            text += (line := running.stdout.readline())
            assert line, "it ended"
        then(json.loads(text)["url"])
        running.send_signal(signal.SIGINT)
        assert running.stdout.read() == "", "one document and nothing after it"
        assert running.wait(timeout=PATIENCE) == 130
    return json.loads(text)


def test_documents_are_what_the_schemas_say_and_every_field_comes_in_some_document(documents: Documents) -> None:
    """One test for all: making the documents takes long, and tests may run in several processes."""
    assert set(documents) == set(names()) - SLOW
    for name, made in documents.items():
        root, seen = schema(name), set()
        validator = Draft202012Validator(root)
        for document in made:
            validator.validate(document)
            assert not any(map(validator.is_valid, spoiled(document))), name
            seen |= set(visited(root, root, document, "#"))
        assert all_fields(root, "#") - seen == set(), name


def spoiled(document: Any) -> Iterator[Any]:
    """Make documents that are wrong: a field too much, a field too few, another type."""
    if isinstance(document, list):
        for broken in spoiled(document[0]):
            yield [broken, *document[1:]]
        return
    yield {**document, "nonsense": 1}
    for field in document:
        yield {name: value for name, value in document.items() if name != field}
        yield {**document, field: object()}


@pytest.mark.slow
@pytest.mark.usefixtures("place")
def test_train_reader_prints_what_its_schema_says() -> None:
    root = schema("train-reader")
    document = document_of("train-reader", "--epochs", "1", "--quiet")
    Draft202012Validator(root).validate(document)
    found = set(visited(root, root, document, "#"))
    assert {field for field in all_fields(root, "#") - found if "operating_point" not in field} == set()


def visited(root: dict[str, Any], part: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    """Name the fields of a schema that a document has."""
    if "$ref" in part:
        at = part["$ref"]
        part = root["$defs"][at.removeprefix("#/$defs/")]
    for number, choice in enumerate([*part.get("oneOf", ()), *part.get("anyOf", ())]):
        if Draft202012Validator({**choice, "$defs": root.get("$defs", {})}).is_valid(value):
            yield from visited(root, choice, value, f"{at}/{number}")
    if isinstance(value, list) and isinstance(part.get("items"), dict):
        for item in value:
            yield from visited(root, part["items"], item, f"{at}/items")
    if isinstance(value, dict):
        for name, field in part.get("properties", {}).items():
            if name in value:
                yield f"{at}/{name}"
                yield from visited(root, field, value[name], f"{at}/{name}")


def all_fields(part: dict[str, Any], at: str) -> set[str]:
    own = {f"{at}/{name}" for name in part.get("properties", {})}
    inner = [all_fields(field, f"{at}/{name}") for name, field in part.get("properties", {}).items()]
    shared = [all_fields(each, f"#/$defs/{name}") for name, each in part.get("$defs", {}).items()]
    return own.union(*inner, *shared)


def test_the_check_for_empty_schemas_can_fail() -> None:
    root = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
    assert all_fields(root, "#") - set(visited(root, root, {"a": 1}, "#")) == {"#/b"}


@pytest.mark.parametrize("name", names())
def test_schemas_are_sound_and_closed_and_say_what_each_field_means(name: str) -> None:
    root = schema(name)
    Draft202012Validator.check_schema(root)
    assert root["$id"] == f"urn:mnist-nn:schema:{name}"
    parts = list(objects(root))
    assert parts
    for part in parts:
        assert part["additionalProperties"] is False
        assert set(part["required"]) <= set(part["properties"])
        assert all("description" in field or "$ref" in field for field in part["properties"].values())
        missing = set(part["properties"]) - set(part["required"])
        assert all("there if" in part["properties"][field]["description"] for field in missing), "and says when"


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Find the objects with named fields anywhere in a schema."""
    if isinstance(part, list):
        for one in part:
            yield from objects(one)
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield part
        for one in part.values():
            yield from objects(one)


def test_schemas_list_the_names_that_the_program_has() -> None:
    network, training = (schema("train")["$defs"][name]["properties"] for name in ("network", "training"))
    assert list(network) == [field.name for field in fields(NetworkConfig)]
    assert set(training) == {field.name for field in fields(TrainingConfig)}
    assert tuple(network["activation"]["items"]["enum"]) == config.ACTIVATIONS
    for name, valid in (("output", config.OUTPUTS), ("initializer", config.INITIALIZERS), ("dtype", config.DTYPES)):
        assert tuple(network[name]["enum"]) == valid
    for name, valid in (("loss", config.LOSSES), ("optimizer", config.OPTIMIZERS), ("schedule", config.SCHEDULES),
                        ("augmentation", config.AUGMENTATIONS)):  # fmt: skip
        assert tuple(training[name]["enum"]) == valid
    assert tuple(schema("read")["$defs"]["page"]["properties"]["verdict"]["enum"]) == results.VERDICTS
    assert tuple(schema("export")["properties"]["format"]["enum"]) == tuple(FORMATS)


def test_docs_json_md_is_written_from_the_schemas() -> None:
    made = runpy.run_path(str(Path(__file__).with_name("json_page.py")))
    text = made["PAGE"].read_text(encoding="utf-8")
    assert made["MARK"] in text
    assert text == made["page"](text), "run: python tests/cli/json_page.py"


# The command that shows them


def test_schema_lists_and_prints(cli: Cli) -> None:
    assert [line[:16].strip().replace(" ", "-") for line in cli("schema").out.splitlines()] == names()
    assert json.loads(cli("schema", "train").out) == schema("train")
    assert cli("schema", "data", "info").out == cli("schema", "data-info").out
    outcome = cli("schema", "trian")
    assert outcome.code == 2
    assert "unknown command 'trian'; choose one of: calibrate" in outcome.err


def test_every_command_has_json_and_a_schema(cli: Cli) -> None:
    commands = runpy.run_path(str(Path(__file__).with_name("test_commands.py")))["commands"]
    found = set(commands(typer.main.get_command(app))) - {"schema"}
    assert {name.replace(" ", "-") for name in found} == set(names())
    for name in found:
        assert "--json" in cli(*name.split(), "--help").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--preset", "huge"),
        ("train", "--epochs", "many"),
        ("evaluate", "missing"),
        ("predict", "missing", "a.png"),
        ("read", "a.png", "--checksum", "crc"),
        ("play", "missing"),
        ("calibrate", "missing"),
        ("train-reader", "--epochs", "0"),
        ("export", "missing", "--to", "npz"),
        ("serve", "missing"),
        ("report", "missing"),
        ("verify", "missing", "missing.npz"),
        ("check-gradients", "--hidden", "x"),
        ("data", "info", "missing"),
        ("data", "verify", "missing"),
        ("data", "export", "copy", "--data", "missing"),
    ],
)
def test_an_error_is_one_line_on_standard_error_with_json_too(cli: Cli, arguments: tuple[str, ...]) -> None:
    outcome = cli(*arguments, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1


def test_json_says_names_of_files_whatever_the_terminal_can_show(tmp_path: Path) -> None:
    Image.fromarray(load_data("mnist").test.images[0]).save(tmp_path / "sieben é 7.png")
    outcome = subprocess.run(
        [sys.executable, "-m", "mnist_nn", "read", "sieben é 7.png", "--json"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
        timeout=PATIENCE,
    )
    assert json.loads(outcome.stdout)[0]["file"] == "sieben é 7.png"
