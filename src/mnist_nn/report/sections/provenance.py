"""The section "Data and programs": hashes of the files read, and the versions that made the model and the report."""

import platform
from importlib.metadata import version

import numpy as np
from markupsafe import Markup

from mnist_nn.data import describe
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup:
    """List the files read with their SHA-256, and the versions of the programs."""
    return render(
        PACKAGE,
        "provenance.html",
        caption=f"Files read for this report: {measured.data.name}",
        rows=[(file.name, f"{file.size:,}", file.sha256) for file in describe(measured.data)],
        sha256=measured.model.data.get("sha256"),
        same_data=measured.trained_on_this_data,
        written_by=measured.model.versions,
        reported_by={
            "mnist-nn": version("mnist-nn"),
            "numpy": np.__version__,
            "Python": platform.python_version(),
        },
    )
