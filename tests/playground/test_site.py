"""What the playground consists of, and what is exported: these files and no others, each the right one."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Dataset, Network, NetworkConfig, TrainingConfig, evaluate
from mnist_nn.data.idx import read_idx
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.model_file import recording
from mnist_nn.model_file.recording import Moment, Recording
from mnist_nn.model_file.storage import Model, from_bytes, load, save
from mnist_nn.playground.site import Site, build_site, export_site
from mnist_nn.reading.reader_model import load_reader_model

PAGES = {"index.html", "ui/style.css", "app.js", "ui/strings.js", "icon.svg", "core/network.js", "rooms/draw/index.js"}
DATA = {"train-images.gz", "train-labels.gz", "test-images.gz", "test-labels.gz", "manifest.json"}


def test_everything_of_the_page_is_there(site: Site) -> None:
    assert site.keys() >= PAGES | {f"data/{name}" for name in DATA}
    assert not [name for name in site if ".." in name or name.startswith("/") or name.endswith(".py")]


def test_the_manifest_names_models_that_are_there(site: Site) -> None:
    manifest = json.loads(site["data/manifest.json"].read())
    assert [model["id"] for model in manifest["models"]] == ["reader", "softmax", "classic"]
    assert manifest["rooms"] == {"draw": "reader", "microscope": "softmax"}
    assert all(model["url"] in site for model in manifest["models"])


def test_the_data_are_the_embedded_files(site: Site, mnist: Dataset, tmp_path: Path) -> None:
    for name, expected in [("test-images", mnist.test.images), ("test-labels", mnist.test.labels)]:
        (tmp_path / f"{name}.gz").write_bytes(site[f"data/{name}.gz"].read())
        assert np.array_equal(read_idx(tmp_path / f"{name}.gz"), expected)


def test_the_reader_is_the_shipped_one(site: Site) -> None:
    model = from_bytes(gzip.decompress(site["data/reader.safetensors.gz"].read()))
    shipped = load_reader_model()
    assert all(map(np.array_equal, model.network.parameters, shipped.network.parameters))
    assert model.calibration is not None
    assert not model.sequences


@pytest.mark.parametrize(
    ("name", "output", "loss"), [("classic", "sigmoid", "classic_mse"), ("softmax", "softmax", "cross_entropy")]
)
def test_a_small_network_is_trained_by_its_own_settings_and_once(
    site: Site, mnist: Dataset, name: str, output: str, loss: str
) -> None:
    content = site[f"data/{name}.safetensors"].read()
    model = from_bytes(content)
    assert model.network.config == NetworkConfig(output=output)
    assert model.training is not None
    assert model.training.loss == loss
    assert evaluate(model.network, mnist.test).accuracy == model.scores["test_accuracy"] > 0.92
    assert site[f"data/{name}.safetensors"].read() is content


def test_a_given_model_comes_first_in_every_room(tmp_path: Path) -> None:
    path = save(tmp_path / "mine.safetensors", Model(Network.create(NetworkConfig(hidden=(5,), activation=("relu",)))))
    site = build_site(path)
    manifest = json.loads(site["data/manifest.json"].read())
    assert [model["id"] for model in manifest["models"]] == ["given", "reader", "softmax", "classic"]
    assert set(manifest["rooms"].values()) == {"given"}
    assert from_bytes(site["data/model.safetensors"].read()).network.config.hidden == (5,)


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "letters.safetensors", Model(Network.create(NetworkConfig(inputs=100, outputs=26))))
    fashion = save(tmp_path / "fashion.safetensors", Model(Network.create(), data={"name": "fashion-mnist"}))
    with pytest.raises(
        ConfigError, match=r"fashion\.safetensors' was trained on 'fashion-mnist', which holds no digits"
    ):
        build_site(fashion)
    with pytest.raises(ConfigError, match=r"100 inputs and 26 outputs.* needs 784 inputs and 10 outputs"):
        build_site(path)
    with pytest.raises(ModelFileError, match=r"nowhere\.safetensors"):
        build_site(tmp_path / "nowhere.safetensors")


def recorded(path: Path, *hidden: int, inputs: int = 784, outputs: int = 10) -> Path:
    """A recording of two moments, with a network of its own."""
    config = NetworkConfig(inputs=inputs, hidden=hidden, activation=("relu",) * len(hidden), outputs=outputs)
    moments = tuple(Moment(epoch, Network.create(config, epoch), size=100) for epoch in range(2))
    model = Model(moments[-1].network, TrainingConfig(subset=100))
    path.parent.mkdir(exist_ok=True)
    return recording.save(path, Recording(model, moments))


def test_recordings_are_served_under_names_of_their_own(tmp_path: Path) -> None:
    paths = [recorded(tmp_path / place / "film.safetensors", size) for size, place in enumerate(("a", "b"), 3)]
    site = build_site(recordings=paths)
    runs = json.loads(site["data/manifest.json"].read())["runs"]
    assert [run["name"] for run in runs] == ["film", "film (2)"]
    served = [recording.from_bytes(site[run["url"]].read()) for run in runs]
    assert [one.model.network.config.hidden for one in served] == [(3,), (4,)]
    assert [moment.epoch for moment in served[0].moments] == [0, 1]


def test_without_recordings_none_are_named(site: Site) -> None:
    assert json.loads(site["data/manifest.json"].read())["runs"] == []


def test_a_recording_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"letters\.safetensors.* 100 inputs and 26 outputs"):
        build_site(recordings=[recorded(tmp_path / "letters.safetensors", inputs=100, outputs=26)])
    plain = save(tmp_path / "plain.safetensors", Model(Network.create()))
    with pytest.raises(ModelFileError, match=r"plain\.safetensors.* is not a recording"):
        build_site(recordings=[plain])


def test_the_files_name_no_other_machine(site: Site) -> None:
    namespaces = ("http://www.w3.org/", "http://localhost:8000/")
    for name, asset in site.items():
        if name.startswith("data/") or "vendor/" in name:
            continue
        found = re.findall(rb"https?://[^\s\"'`)]+", asset.read())
        assert all(address.decode().startswith(namespaces) for address in found), (name, found)


def test_the_page_weighs_less_than_a_megabyte(site: Site) -> None:
    page = {name: asset.read() for name, asset in site.items() if not name.startswith("data/")}
    assert sum(map(len, page.values())) < 1_000_000
    packed = {name: len(gzip.compress(text, 6)) for name, text in page.items()}
    languages = {name: size for name, size in packed.items() if name.startswith("languages/")}
    assert sum(packed.values()) - sum(languages.values()) < 300_000
    assert max(languages.values()) < 30_000, "one of which is loaded at most"


def test_export_writes_every_file(site: Site, tmp_path: Path) -> None:
    size = export_site(site, tmp_path / "site")
    written = {
        str(path.relative_to(tmp_path / "site")): path for path in (tmp_path / "site").rglob("*") if path.is_file()
    }
    assert written.keys() == site.keys()
    assert size == sum(path.stat().st_size for path in written.values())
    assert written["ui/style.css"].read_bytes() == site["ui/style.css"].read()
    assert load(written["data/classic.safetensors"]).network.config.hidden == (20,)


def test_export_spares_what_is_in_the_folder(site: Site, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / "app.js").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty; choose another folder, or replace its files with --force"):
        export_site(site, tmp_path)
    assert (tmp_path / "app.js").read_text() == "mine"
    export_site(site, tmp_path, force=True)
    assert (tmp_path / "app.js").read_bytes() == site["app.js"].read()
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_export_says_why_it_cannot_write(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot write to .*; choose another folder"):
        export_site(site, tmp_path / "file")
