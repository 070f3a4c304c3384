"""Checks a page: runs its own scripts, except those that draw, in Node.js or in a headless browser."""

import base64
import html
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from mnist_nn.errors import MissingExtraError, ModelFileError, shorten
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions
from mnist_nn.export.limits import NOT_A_DIGIT, Limits
from mnist_nn.export.limits import read_limits as read_from_facts
from mnist_nn.export.runtime import call
from mnist_nn.export.vectors import Pixels, Vectors, as_whole, to_text
from mnist_nn.export.verification import Ran
from mnist_nn.model_file.storage import DAMAGES, Model

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ANSWERS = re.compile(r"^const (\$\w*page_answers) =", re.MULTILINE)  # the path before it has changed once

PROGRAM = """
{
  const { answer, bytesOf, open } = %s;
  const model = open(%s);
  const images = bytesOf("%s");
  const size = images.length / %d;
  const given = Array.from({ length: %d }, (_, i) => answer(model, images.slice(i * size, (i + 1) * size)));
  report(JSON.stringify(given));
}
"""


def read_vectors(content: bytes) -> Vectors:
    """Read the test vectors in the page's JSON document."""
    return Vectors.from_dict(_read_document(content)["vectors"])


def read_limits(content: bytes) -> Limits:
    """Read the limits in the page's JSON document; the page uses those in ``refusal`` and states all of them."""
    document = _read_document(content)
    named, used = read_from_facts(document["calibration"]), document["refusal"]
    if not used:
        return named
    threshold = np.frombuffer(base64.b64decode(used["table"]), "<f8")[0]
    judges = {NOT_A_DIGIT: float(used[NOT_A_DIGIT]), str(used["max_error"]): float(threshold)}
    if any(named.get(name, limit) != limit for name, limit in judges.items()):
        raise ModelFileError(f"this page uses the limits {judges}, but it states {dict(named)}")
    return {**named, **judges}


def _read_document(content: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(_find_script(content, "model"))
        Vectors.from_dict(document["vectors"])
    except DAMAGES as error:
        what = f"{type(error).__name__} {shorten(error)}"
        raise ModelFileError(f"this is not a page that mnist-nn wrote: {what}") from error
    return document


def run(model: Model, content: bytes, images: Pixels) -> Ran:
    """Run the page's scripts."""
    count = len(images)
    core = _find_script(content, "core")
    answers = ANSWERS.search(core)
    if not answers:
        raise ModelFileError("this page has no script that computes answers")
    asked = PROGRAM % (answers[1], _find_script(content, "model"), to_text(images), count, count)
    version, rows = _run(f"{core}{asked}")
    found = {name: np.array([row[name] for row in rows], float) for name in OUTPUTS}
    return Ran(
        version,
        Predictions.of_outputs(**{**found, "label": as_whole(found["label"], 0, model.network.config.outputs - 1)}),
    )


def _run(program: str) -> tuple[str, list[dict[str, Any]]]:
    node = shutil.which("node")
    if node:
        report = "const report = console.log;\n"
        return f"Node.js {call([node, '--version']).strip()}", json.loads(call([node, "-"], text=report + program))
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise MissingExtraError("checking a page needs Node.js or Chromium; install nodejs or chromium")
    return call([browser, "--version"]).strip(), json.loads(_browse(browser, program))


def _browse(browser: str, program: str) -> str:
    """Run a program in a page of its own, and read its report from the document."""
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "page.html"
        report = "const report = (text) => document.body.append(`(${text})`);\n"
        page.write_text(f"<!doctype html><meta charset=utf-8><body><script>{report}{program}</script>", "utf-8")
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        options = ["--headless", "--disable-gpu", f"--user-data-dir={name}/profile", "--dump-dom"]
        dumped = call([browser, *root, *options, page.as_uri()])
    found = re.search(r"</script>\((\[.*\])\)", dumped, re.DOTALL)
    if not found:
        raise ModelFileError("its scripts give no answers in the browser")
    return html.unescape(found[1])


def _find_script(content: bytes, name: str) -> str:
    """Return the text of one of the page's scripts."""
    found = re.search(rf'<script[^>]*\bid="{name}">(.*?)</script>', content.decode("utf-8", "replace"), re.DOTALL)
    if not found:
        raise ModelFileError(f"this is not a page that mnist-nn wrote: it has no script {name!r}")
    return found[1]
