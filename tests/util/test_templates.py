"""Templates: every value is text, whatever is in it; a missing value is an error; code of our own stays code."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, UndefinedError

from mnist_nn.util import templates
from mnist_nn.util.templates import load_environment, printable, render, trust

EVIL = '</title><script>alert("1")</script>\'&'


def use(monkeypatch: pytest.MonkeyPatch, **sources: str) -> None:
    """Let `render` find these templates, in an environment that is otherwise its own."""
    own: Environment = load_environment("mnist_nn.export.html")
    made = own.overlay()
    made.loader = DictLoader(sources)
    monkeypatch.setattr(templates, "load_environment", lambda _package: made)


@pytest.mark.parametrize("source", ["<b>{{ name }}</b>", '<b title="{{ name }}"></b>', "{{ name | capitalize }}"])
def test_values_are_text(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    use(monkeypatch, page=source)
    html = render("any", "page", name=EVIL)
    assert not [part for part in ("<script", "</title", '"1"', "'&") if part in html]
    assert html.count("<") == source.count("<")
    assert html.count('"') == source.count('"')


def test_what_cannot_be_printed_is_written_as_python_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, page="{{ name }}\n")
    assert render("any", "page", name="a\x1b[31m") == "&#39;a\\x1b[31m&#39;\n"
    assert render("any", "page", name="\udcff") == "\\udcff\n"
    assert [printable(value) for value in (1, 0.5, None)] == [1, 0.5, None]


def test_code_that_is_trusted_stays_code_and_values_beside_it_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, page="{{ code }}{{ text }}", outer="{{ page }}")
    html = render("any", "page", code=trust("<svg>\n</svg>"), text="<svg>")
    assert html == "<svg>\n</svg>&lt;svg&gt;"
    assert render("any", "outer", page=html) == html, "what was rendered is not escaped again"


def test_json_in_a_script_cannot_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, page="{{ document | tojson }}")
    assert render("any", "page", document={"b": "</script>", "a": [1, 2]}) == '{"b":"\\u003c/script\\u003e","a":[1,2]}'


def test_a_value_that_is_not_given_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, page="{{ nmae }}")
    with pytest.raises(UndefinedError, match="nmae"):
        render("any", "page", name="a")


@pytest.mark.parametrize("package", ["mnist_nn.report", "mnist_nn.reading", "mnist_nn.export.html"])
def test_every_template_of_the_package_can_be_compiled(package: str) -> None:
    environment = load_environment(package)
    names = environment.list_templates(extensions=["html"])
    assert names
    for name in names:
        environment.get_template(name)


def test_code_is_marked_as_html_in_one_module_alone() -> None:
    source = Path(templates.__file__).parents[1]
    marking = {
        path.relative_to(source).as_posix()
        for path in [*source.rglob("*.py"), *source.rglob("templates/**/*.html")]
        if any(word in path.read_text(encoding="utf-8") for word in ("Markup(", "| safe", "|safe", "autoescape false"))
    }
    assert marking == {"util/templates.py"}
