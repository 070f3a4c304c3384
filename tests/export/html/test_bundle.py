"""How a page's scripts are bundled: one after another, each a function, and nothing that plain scripts cannot say."""

import shutil
import subprocess
from pathlib import Path

import pytest
from patience import PATIENCE

from mnist_nn.export.html import bundle as bundling
from mnist_nn.export.html.bundle import bundle, name_constant


def scripts(folder: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> dict[str, str]:
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text)
    monkeypatch.setattr(bundling, "files", lambda _package: folder)
    return bundle("main.js")


def test_modules_run_in_the_order_of_their_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = scripts(
        tmp_path,
        monkeypatch,
        main='import { one as first } from "./a.js";\nimport {\n  two,\n} from "./b.js";\nexport const x = first;\n',
        a='import { two } from "./b.js";\nexport function one() {}\nconst hidden = two;\n',
        b="export const two = 2;\nexport class Two {}\nexport async function later() {}\n",
    )
    assert list(made) == ["b.js", "a.js", "main.js"]
    assert "return { two, Two, later };" in made["b.js"]
    assert "const { one: first } = $a;" in made["main.js"]
    assert "const { two, } = $b;" in made["main.js"]
    assert "export" not in "".join(made.values())


@pytest.mark.parametrize(
    "text", ["export default 1;\n", 'import x from "./a.js";\n', "export { a };\n", 'import "./a.js";\n']
)
def test_what_cannot_be_bundled_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(ValueError, match="cannot be bundled"):
        scripts(tmp_path, monkeypatch, main=text)


def test_modules_in_a_circle_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="circle"):
        scripts(tmp_path, monkeypatch, main='import { a } from "./a.js";\n', a='import { b } from "./main.js";\n')


def test_bundled_scripts_compute_as_their_modules_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed")
    made = scripts(
        tmp_path,
        monkeypatch,
        main='import { twice as double } from "./a.js";\nexport const answer = double(21);\n',
        a='import { two } from "./b.js";\nexport function twice(x) { return two * x; }\n',
        b="export const two = 2;\n",
    )
    program = f"{''.join(made.values())}console.log({name_constant('main.js')}.answer, typeof two);"
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout == "42 undefined\n", "what a module keeps to itself is nobody else's"
