"""ONNX files in Netron, the viewer that people open them with: the graph is drawn and can be read."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest
from patience import PATIENCE

from mnist_nn import Model
from mnist_nn.export import export

netron = pytest.importorskip("netron", reason="netron is not installed, in which ONNX files are looked at")

Open = Callable[[bytes], Any]


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a file's bytes in Netron; any request off this machine fails the test."""
    contexts, foreign, wrong = [], [], []

    def refuse(route: Any) -> None:
        foreign.append(route.request.url)
        route.abort()

    def look(content: bytes) -> Any:
        file = tmp_path / "digits.onnx"
        file.write_bytes(content)
        host, port = netron.serve(str(file), None, ("127.0.0.1", 0))
        url = f"http://{host}:{port}/"
        context = chromium.new_context(viewport={"width": 1280, "height": 1600})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.route(lambda address: not address.startswith(url), refuse)
        page.route(url, as_development_version)
        # Netron asks once whether it may send reports, and looks up in which country it is to know if it must ask.
        context.add_cookies([{"name": "consent", "value": "1", "url": url}])
        page.goto(url)
        page.wait_for_selector("body:not(.spinner)")
        return page

    yield look
    netron.stop()
    for context in contexts:
        context.close()
    assert (foreign, wrong) == ([], [])


def as_development_version(route: Any) -> None:
    """Tell Netron's page that it is its authors' own: it then sends no reports, and never says that it is too old."""
    page = route.fetch()
    text = re.sub(r'<meta name="date".*>', "", page.text())
    route.fulfill(response=page, body=re.sub(r'(<meta name="version" content=)".*"', r'\1"0.0.0"', text))


def names(page: Any, kind: str) -> set[str]:
    return {node.locator("text").first.text_content() for node in page.locator(f"g.{kind}").all()}


def operators(page: Any) -> dict[str, str]:
    """Every node of the drawing: its name and the operator that is written on it."""
    nodes = page.locator("g.graph-node").all()
    return {
        node.get_attribute("id").removeprefix("node-name-"): node.locator("text").first.text_content() for node in nodes
    }


def test_the_graph_of_a_calibrated_model_is_drawn(opened: Open, reader: Model) -> None:
    content = export(reader, "onnx")
    page = opened(content)
    page.wait_for_selector("body.default")
    assert names(page, "graph-item-input") == {"X"}
    assert names(page, "graph-item-output") == {"label", "probabilities", "is_digit", "confidence"}
    assert operators(page) == {node.name: node.op_type for node in onnx.load_from_string(content).graph.node}
    shapes = {shape.text_content() for shape in page.locator("g.edge-labels text").all()}
    assert {"N×28×28", "N×784", "N×256", "N×128", "N×10", "N"} <= shapes


@pytest.mark.slow
def test_a_model_that_cannot_refuse_has_two_outputs(opened: Open, make_model: Callable[..., Model]) -> None:
    page = opened(export(make_model(hidden=(20,)), "onnx"))
    page.wait_for_selector("body.default")
    assert names(page, "graph-item-output") == {"label", "probabilities"}
    assert operators(page)["a1"] == "Sigmoid"


@pytest.mark.slow
def test_its_properties_say_what_goes_in_and_what_comes_out(opened: Open, reader: Model) -> None:
    page = opened(export(reader, "onnx"))
    page.wait_for_selector("body.default")
    page.locator("g#input-name-X").click()
    page.wait_for_selector("#sidebar-content")
    said = page.locator("#sidebar-content").text_content()
    assert "uint8[N,28,28]" in said
    assert "pixels: 0 is background, 255 is ink" in said
    assert "float32[N,10]" in said
    assert "probability that the picture is a digit at all" in said


def test_what_is_no_onnx_file_would_be_seen_here(opened: Open) -> None:
    page = opened(b"no graph at all")
    page.wait_for_selector("body.alert")
    assert page.locator("g.graph-node").count() == 0
