"""How Sphinx builds the site: ``python -m sphinx -W -n docs build/site``, offline, with the playground in it.

It says how pages are read and where the playground is added; what stands on them is for the pages.
"""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

import numpy.typing as npt
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))


class ArrayLike:
    """Stands for NumPy's type of this name, for which signatures would show the dozen types that it means."""


ArrayLike.__module__ = "numpy.typing"
npt.ArrayLike = ArrayLike

project = "mnist-nn"
author = "The mnist-nn authors"
copyright = author  # noqa: A001 - Sphinx's word
version = release = installed_version("mnist-nn")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "repository"]
exclude_patterns = ["extensions"]

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4

default_role = "code"  # docstrings put names in single backticks
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
nitpick_ignore_regex = [
    # Types of other libraries: a build without a network cannot look them up.
    (
        "py:.*",
        r"(numpy|np|npt|PIL|fastapi|matplotlib|sklearn|scipy|pydantic|collections|importlib|pathlib|os|threading|typing|io)\b.*",
    ),
    # Aliases in overloads, which Sphinx shows as they are written.
    ("py:class", "NetworkLike|SamplesLike"),
    # Records that callers never make themselves.
    ("py:.*", r"mnist_nn\.(doors\.HasNetwork|nn\.optimizers\.Constants|reading\.parameters\.ReadingParameters)"),
]

html_theme = "furo"
html_title = "mnist-nn"
html_copy_source = False
html_show_copyright = False


def add_playground(app: Sphinx, error: Exception | None) -> None:
    """Put the playground beside the pages, so that ``playground/index.html`` opens from any file host."""
    if error is not None or app.builder.format != "html":
        return
    from mnist_nn.playground.site import build_site, export_site  # noqa: PLC0415 - only a whole build needs it

    export_site(build_site(), Path(app.outdir) / "playground", force=True)


def keep_colons(_app: Sphinx, what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Begin an attribute's docstring with an empty comment, or napoleon takes its words before a colon for a type."""
    if what in {"attribute", "property"}:
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> None:
    """Connect what this file adds."""
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("build-finished", add_playground)
