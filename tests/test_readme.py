import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from mnist_nn.cli.program import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def test_the_python_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the README's own words
    printed = capsys.readouterr().out
    assert float(re.findall(r"(\d+\.\d+)%, 95", printed)[0]) > 95
    assert "625032 879508 6938" in printed.replace("\n", " ")


def test_every_command_shown_runs_in_this_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for line in (line.split("#")[0] for line in LINES if line.startswith("mnist-nn")):
        words = shlex.split(line)[1:]
        if words[0] == "train":
            few = ["--epochs", "2"] if "--resume" in words else ["--subset", "3000", "--epochs", "1"]
            words += ["--engine", "reference", *few]
        assert run(words) == 0, line


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md"):
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)]
    text = (ROOT / "docs" / "reference" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in wanted:
        name = re.match(r"[\w.-]+", requirement)
        assert name is not None
        assert f"`{name[0]}`" in text, f"docs/reference/dependencies.md does not say why {name[0]} is here"
