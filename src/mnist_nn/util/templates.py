"""HTML pages from Jinja2 templates that escape every value, so that nothing from a file can become a tag or a script.

Each package has its templates in its folder ``templates``. Only this module marks code as HTML, and it does not know
any particular page.
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
        The package whose folder ``templates`` contains the template.
    template
        Its name in that folder.
    values
        The values for the template. Text is escaped, and shown in the form that `printable` gives it.

    Raises
    ------
    jinja2.UndefinedError
        If the template uses a value that was not given.
    """
    return Markup(load_environment(package).get_template(template).render(values))  # noqa: S704 - it was escaped


def trust(code: str) -> Markup:
    """Mark our own code as HTML: figures drawn by matplotlib, and scripts and style sheets of this package.

    Examples
    --------
    >>> trust("<svg></svg>")
    Markup('<svg></svg>')
    """
    return Markup(code)  # noqa: S704 - no caller passes on what a file says


@cache
def load_environment(package: str) -> Environment:
    """Return the templates of a package; each is compiled only once."""
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
    r"""Make text printable: control characters and undecodable bytes are written as Python escapes.

    Examples
    --------
    >>> printable("a b"), printable("a\tb"), printable("\udcff.png")
    ('a b', "'a\\tb'", '\\udcff.png')
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = value.encode("utf-8", "backslashreplace").decode()
    return text if text.isprintable() else repr(text)
