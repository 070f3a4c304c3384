import re
import shlex
import tomllib
from pathlib import Path

import pytest

from mnist_nn.cli import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the README's own words
    accuracy = re.findall(r"(\d+\.\d+)%, 95", capsys.readouterr().out)
    assert float(accuracy[0]) > 95


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("mnist-nn")])
def test_every_command_shown_is_understood(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line.split("#", maxsplit=1)[0])[1:]
    options = [word for word in words if word.startswith("--")]
    depth = 2 if words[0] == "data" else 1
    assert run([*words[:depth], "--help"]) == 0
    text = capsys.readouterr().out
    assert all(option in text for option in options)


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in wanted:
        name = re.match(r"[\w.-]+", requirement)
        assert name is not None
        assert f"`{name[0]}`" in text, f"docs/dependencies.md does not say why {name[0]} is here"
