"""Formulas as MathML, which browsers draw by themselves: no script, no fonts, no network."""

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def draw(formula: str, display: str) -> str:
    """Convert a formula, whose lines may be aligned; what cannot be converted stops the build."""
    drawn = convert(formula.replace("{aligned}", "{align*}"), display=display)
    if ">&#x00026;<" in drawn or ">&amp;<" in drawn or "\\" in drawn:
        raise ValueError(f"latex2mathml does not know a part of: {formula}")
    return drawn


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line."""
    self.body.append(draw(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own."""
    self.body.append(f'<div class="math">{draw(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Take formulas over from Sphinx."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True}
