"""What the playground serves and exports: these files and no others, with the right headers."""

import gzip
import http.client
import json
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Network, NetworkConfig, TrainingConfig, evaluate
from mnist_nn.data.idx import read_idx
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.model_file import recording
from mnist_nn.model_file.recording import Moment, Recording
from mnist_nn.model_file.storage import Model, from_bytes, load, save
from mnist_nn.playground import site
from mnist_nn.playground.server import POLICY, Server
from mnist_nn.reading.reader_model import load_reader_model

PAGES = {"index.html", "style.css", "app.js", "strings.js", "icon.svg", "core/network.js", "rooms/draw.js"}
DATA = {"train-images.gz", "train-labels.gz", "test-images.gz", "test-labels.gz", "manifest.json"}


@pytest.fixture(scope="module")
def parts() -> site.Site:
    return site.site()


@pytest.fixture(scope="module")
def server(parts: site.Site) -> Iterator[Server]:
    with Server(parts, "127.0.0.1", 0) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join(PATIENCE)


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def test_everything_of_the_page_is_there(parts: site.Site) -> None:
    assert parts.keys() >= PAGES | {f"data/{name}" for name in DATA}
    assert not [name for name in parts if ".." in name or name.startswith("/") or name.endswith(".py")]


def test_the_manifest_names_models_that_are_there(parts: site.Site) -> None:
    manifest = json.loads(parts["data/manifest.json"].read())
    assert [model["id"] for model in manifest["models"]] == ["reader", "classic"]
    assert manifest["rooms"] == {"draw": "reader", "microscope": "classic"}
    assert all(model["url"] in parts for model in manifest["models"])


def test_the_data_are_the_embedded_files(parts: site.Site, mnist: Dataset, tmp_path: Path) -> None:
    for name, expected in [("test-images", mnist.test.images), ("test-labels", mnist.test.labels)]:
        (tmp_path / f"{name}.gz").write_bytes(parts[f"data/{name}.gz"].read())
        assert np.array_equal(read_idx(tmp_path / f"{name}.gz"), expected)


def test_the_reader_is_the_shipped_one(parts: site.Site) -> None:
    model = from_bytes(gzip.decompress(parts["data/reader.safetensors.gz"].read()))
    shipped = load_reader_model()
    assert all(map(np.array_equal, model.network.parameters, shipped.network.parameters))
    assert model.calibration is not None


def test_the_seed_is_trained_as_the_seed_is_and_once(parts: site.Site, mnist: Dataset) -> None:
    content = parts["data/classic.safetensors"].read()
    model = from_bytes(content)
    assert model.network.config == NetworkConfig()
    assert model.training is not None
    assert model.training.loss == "classic_mse"
    assert evaluate(model.network, mnist.test).accuracy == model.scores["test_accuracy"] > 0.92
    assert parts["data/classic.safetensors"].read() is content


def test_a_given_model_comes_first_in_every_room(tmp_path: Path) -> None:
    path = save(tmp_path / "mine.safetensors", Model(Network.create(NetworkConfig(hidden=(5,), activation=("relu",)))))
    parts = site.site(path)
    manifest = json.loads(parts["data/manifest.json"].read())
    assert [model["id"] for model in manifest["models"]] == ["given", "reader", "classic"]
    assert set(manifest["rooms"].values()) == {"given"}
    assert from_bytes(parts["data/model.safetensors"].read()).network.config.hidden == (5,)


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "letters.safetensors", Model(Network.create(NetworkConfig(inputs=100, outputs=26))))
    with pytest.raises(ConfigError, match=r"100 inputs and 26 outputs.* takes 784 and 10"):
        site.site(path)
    with pytest.raises(ModelFileError, match=r"nowhere\.safetensors"):
        site.site(tmp_path / "nowhere.safetensors")


def recorded(path: Path, *hidden: int, inputs: int = 784, outputs: int = 10) -> Path:
    """A recording of two moments, with a network of its own."""
    config = NetworkConfig(inputs=inputs, hidden=hidden, activation=("relu",) * len(hidden), outputs=outputs)
    moments = tuple(Moment(epoch, Network.create(config, epoch), size=100) for epoch in range(2))
    model = Model(moments[-1].network, TrainingConfig(subset=100))
    path.parent.mkdir(exist_ok=True)
    return recording.save(path, Recording(model, moments))


def test_recordings_are_served_under_names_of_their_own(tmp_path: Path) -> None:
    paths = [recorded(tmp_path / place / "film.safetensors", size) for size, place in enumerate(("a", "b"), 3)]
    parts = site.site(recordings=paths)
    runs = json.loads(parts["data/manifest.json"].read())["runs"]
    assert [run["name"] for run in runs] == ["film", "film (2)"]
    served = [recording.from_bytes(parts[run["url"]].read()) for run in runs]
    assert [one.model.network.config.hidden for one in served] == [(3,), (4,)]
    assert [moment.epoch for moment in served[0].moments] == [0, 1]


def test_without_recordings_none_are_named(parts: site.Site) -> None:
    assert json.loads(parts["data/manifest.json"].read())["runs"] == []


def test_a_recording_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"letters\.safetensors.* 100 inputs and 26 outputs"):
        site.site(recordings=[recorded(tmp_path / "letters.safetensors", inputs=100, outputs=26)])
    plain = save(tmp_path / "plain.safetensors", Model(Network.create()))
    with pytest.raises(ModelFileError, match=r"plain\.safetensors.* holds no recording"):
        site.site(recordings=[plain])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/app.js?again", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/data/manifest.json", "application/json"),
    ],
)
def test_the_page_has_its_types_and_is_never_stale(server: Server, path: str, kind: str) -> None:
    answer = ask(server, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.headers["Content-Encoding"] is None
    assert len(answer.body) == int(answer.headers["Content-Length"])


def test_gzipped_data_are_sent_as_they_are(server: Server, parts: site.Site) -> None:
    answer = ask(server, "/data/test-labels.gz", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Encoding"] is None
    assert answer.body == parts["data/test-labels.gz"].read()


def test_text_is_gzipped_for_those_who_can_read_it(server: Server, parts: site.Site) -> None:
    answer = ask(server, "/style.css", **{"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == parts["style.css"].read()


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/%2e%2e/errors.py",
        "//etc/passwd",
        "/core",
        "/core/",
        "/data",
        "/index.htm",
        "/core/../app.js",
    ],
)
def test_no_path_leads_anywhere_else(server: Server, path: str) -> None:
    assert ask(server, path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(server: Server, method: str) -> None:
    assert ask(server, "/", method).status == 501


def test_head_sends_headers_alone(server: Server) -> None:
    answer = ask(server, "/app.js", "HEAD")
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.body == b""


def test_the_page_itself_forbids_what_the_server_forbids(parts: site.Site) -> None:
    page = parts["index.html"].read().decode()
    assert re.sub(r"\s+", " ", POLICY) in re.sub(r"\s+", " ", page)


def test_the_files_name_no_other_machine(parts: site.Site) -> None:
    namespaces = ("http://www.w3.org/",)
    for name, part in parts.items():
        if name.startswith("data/") or "vendor/" in name:
            continue
        found = re.findall(rb"https?://[^\s\"'`)]+", part.read())
        assert all(address.decode().startswith(namespaces) for address in found), (name, found)


def test_the_page_weighs_less_than_a_megabyte(parts: site.Site) -> None:
    page = [part.read() for name, part in parts.items() if not name.startswith("data/")]
    assert sum(map(len, page)) < 1_000_000
    assert sum(len(gzip.compress(text, 6)) for text in page) < 300_000


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", None)])  # noqa: S104
def test_the_url_is_one_that_a_browser_here_can_open(parts: site.Site, host: str, shown: str | None) -> None:
    with Server(parts, host, 0) as running:
        address = urlsplit(running.url)
        assert shown in {None, address.hostname}
        assert address.port == running.server_port > 0


def test_a_port_in_use_is_named(server: Server, parts: site.Site) -> None:
    with pytest.raises(ConfigError, match=rf"port {server.server_port}: .*in use; choose others"):
        Server(parts, "127.0.0.1", server.server_port)
    with pytest.raises(ConfigError, match=r"'no\.such\.host\.invalid'"):
        Server(parts, "no.such.host.invalid", 0)


def test_export_writes_every_file(parts: site.Site, tmp_path: Path) -> None:
    size = site.export(parts, tmp_path / "site")
    written = {
        str(path.relative_to(tmp_path / "site")): path for path in (tmp_path / "site").rglob("*") if path.is_file()
    }
    assert written.keys() == parts.keys()
    assert size == sum(path.stat().st_size for path in written.values())
    assert written["style.css"].read_bytes() == parts["style.css"].read()
    assert load(written["data/classic.safetensors"]).network.config.hidden == (20,)


def test_export_spares_what_is_in_the_folder(parts: site.Site, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / "app.js").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty; choose another folder, or replace files in it with --force"):
        site.export(parts, tmp_path)
    assert (tmp_path / "app.js").read_text() == "mine"
    site.export(parts, tmp_path, force=True)
    assert (tmp_path / "app.js").read_bytes() == parts["app.js"].read()
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_export_says_why_it_cannot_write(parts: site.Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot write into .*; choose another folder"):
        site.export(parts, tmp_path / "file")


def test_a_browser_that_leaves_is_not_spoken_of(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = threading.Event()
    shutdown = server.shutdown_request
    monkeypatch.setattr(server, "shutdown_request", lambda request: (shutdown(request), left.set()))
    with socket.create_connection(server.server_address[:2], PATIENCE) as browser:
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # it leaves with a reset
        browser.sendall(b"GET /train-images.gz HTTP/1.1\r\nHost: here\r\n\r\n")
        browser.recv(10)
    assert left.wait(PATIENCE)
    assert capsys.readouterr().err == ""
