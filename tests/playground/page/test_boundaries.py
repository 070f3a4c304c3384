"""The lint rule on imports of the page can fail: boundaries.test.js holds the modules to it, this the rule itself."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from patience import PATIENCE

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NODE = shutil.which("node")
PAGE = "src/mnist_nn/playground/page"
EXPORT = "src/mnist_nn/export/html/page"
IMPORTS = ["no-restricted-imports"]

CASES = [
    (f"{PAGE}/rooms/race/cards.js", 'import "../train/panels.js";', IMPORTS),
    (f"{PAGE}/rooms/race/cards.js", 'import "../../rooms/train/panels.js";', IMPORTS),
    (f"{PAGE}/rooms/race/cards.js", 'import("../train/panels.js");', ["no-restricted-syntax"]),
    (f"{PAGE}/rooms/race/cards.js", 'import("./lanes.js");', []),
    (f"{PAGE}/rooms/race/cards.js", 'const name = "./lanes.js";\nimport(name);', ["no-restricted-syntax"]),
    (f"{PAGE}/rooms/race/cards.js", 'import "./lanes.js";\nimport "../../ui/training/form.js";', []),
    (f"{PAGE}/ui/frame.js", 'import "../rooms/draw/index.js";', IMPORTS),
    (f"{PAGE}/ui/training/form.js", 'import "../../rooms/race/lanes.js";', IMPORTS),
    (f"{PAGE}/ui/training/form.js", 'import "../dom.js";\nimport "../../core/losses.js";', []),
    (f"{PAGE}/core/network.js", 'import "../ui/dom.js";', IMPORTS),
    (f"{PAGE}/core/network.js", "document.title;", ["no-undef"]),
    (f"{PAGE}/core/network.js", 'import "./layers.js";', []),
    (f"{PAGE}/worker/lane.js", 'import "../ui/text.js";', IMPORTS),
    (f"{PAGE}/worker/lane.js", 'import "../core/training.js";', []),
    (f"{EXPORT}/page.js", 'import "../../../playground/page/rooms/draw/bars.js";', IMPORTS),
    (f"{EXPORT}/page.js", 'import "../../../playground/page/ui/ink.js";', []),
]


@pytest.fixture(scope="module")
def said() -> dict[tuple[str, str], list[str]]:
    """What eslint says of each case: the names of the rules that are broken."""
    if NODE is None or not (ROOT / "node_modules" / "eslint").is_dir():
        pytest.skip("eslint is not installed, which checks the page's imports; run: npm install")
    cases = [case[:2] for case in CASES]
    command = [NODE, str(HERE / "lint_boundaries.mjs"), json.dumps(cases)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=PATIENCE)
    return dict(zip(cases, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize(("path", "code", "rules"), CASES)
def test_eslint_holds_the_boundaries(
    said: dict[tuple[str, str], list[str]], path: str, code: str, rules: list[str]
) -> None:
    assert set(said[path, code]) == set(rules)
