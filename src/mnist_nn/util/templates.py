"""HTML pages from Jinja2 templates, in which every value is text: nothing from a file can end a tag or start a script.

Each package keeps its templates in its folder ``templates``. This module is the one place where code is marked as HTML,
and it knows no page by name.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(package: str, template: str, /, **values: Any) -> Markup:
    """Render one template of a package.

    Parameters
    ----------
    package
        The package whose folder ``templates`` holds the template.
    template
        Its name in that folder.
    values
        What the template may name. Text is escaped, and shown as `printable` writes it.

    Raises
    ------
    jinja2.UndefinedError
        If the template names a value that is not given.
    """
    return Markup(load_environment(package).get_template(template).render(values))  # noqa: S704 - it was escaped


def trust(code: str) -> Markup:
    """Mark code of our own as HTML: figures drawn by matplotlib, scripts and style sheets of this package.

    Examples
    --------
    >>> trust("<svg></svg>")
    Markup('<svg></svg>')
    """
    return Markup(code)  # noqa: S704 - no caller passes on what a file says


@cache
def load_environment(package: str) -> Environment:
    """Return the templates of a package; each is compiled once."""
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}  # in the order given, without spaces
    return environment


def printable(value: Any) -> Any:
    r"""Write text so that it can be printed: control characters and undecodable bytes as Python writes them.

    Examples
    --------
    >>> printable("a b"), printable("a\tb"), printable("\udcff.png")
    ('a b', "'a\\tb'", '\\udcff.png')
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = value.encode("utf-8", "backslashreplace").decode()
    return text if text.isprintable() else repr(text)
