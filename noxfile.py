#!/usr/bin/env -S uv run --script
# /// script
# dependencies = ["nox"]
# ///
"""Every check in an environment of its own: ``nox -s test``, or ``nox`` for all but the benchmarks.

``nox -R`` reuses the environments. Versions are those of ``.ci/constraints.txt``, which ``nox -s constraints`` renews.
"""

import nox

CONSTRAINTS = ".ci/constraints.txt"

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv|virtualenv"


def install(session: nox.Session, group: str, package: str = ".") -> None:
    """Install this package, editable, and a dependency group."""
    session.install("--editable", package, "--group", group, "--constraint", CONSTRAINTS)


@nox.session
def test(session: nox.Session) -> None:
    """Run the tests; arguments after ``--`` go to pytest."""
    install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, spelling and the direction of imports."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("codespell")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    install(session, "lint", ".[all]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into ``build/site``, with every warning an error."""
    install(session, "docs", ".[all]")
    session.run("python", "-m", "sphinx", "-W", "-n", "-q", "docs", "build/site", *session.posargs)


@nox.session
def cards(session: nox.Session) -> None:
    """Validate the description of the data and the model card, with the tools of those who read them."""
    session.install("--group", "cards", "--constraint", CONSTRAINTS)
    session.run("mlcroissant", "validate", "--jsonld", "src/mnist_nn/data/embedded/croissant.json")
    check = "from huggingface_hub import ModelCard; print(ModelCard.load('docs/reference/reader-model-card.md').data)"
    session.run("python", "-W", "error", "-c", check)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Run the benchmarks; arguments after ``--`` choose some of them."""
    install(session, "bench")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(default=False)
def constraints(session: nox.Session) -> None:
    """Resolve all dependencies anew, and write their exact versions to ``.ci/constraints.txt``."""
    session.install("uv>=0.9,<1")
    groups = [word for group in ("dev", "bench", "cards") for word in ("--group", group)]
    session.run(
        "uv", "pip", "compile", "pyproject.toml", "--universal", "--upgrade", "--no-annotate", "--no-header", "--quiet",
        "--all-extras", *groups, "--output-file", CONSTRAINTS,
    )  # fmt: skip


if __name__ == "__main__":
    nox.main()
