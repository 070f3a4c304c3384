"""Bundles JavaScript modules of this package into plain scripts, so that a page can be one file.

Each module becomes a function that returns its exports. Only the plain style of the playground's core is supported:
named imports from relative paths, and declarations with ``export`` in front. Anything else is an error.
"""

import re
from importlib.resources import files
from posixpath import dirname, join, normpath

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\*? +(\w+))", re.MULTILINE)
REST = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(entry: str) -> dict[str, str]:
    """Turn a module and everything it imports into scripts, in the order in which they must run.

    Parameters
    ----------
    entry
        Its path in the package, such as ``playground/page/core/framing.js``.

    Returns
    -------
    A dictionary from path to script. Each script defines one constant, which `name_constant` names.

    Examples
    --------
    >>> list(bundle("playground/page/core/framing.js"))
    ['playground/page/core/errors.js', 'playground/page/core/framing.js']
    """
    scripts: dict[str, str] = {}
    _add(entry, scripts, ())
    return scripts


def name_constant(path: str) -> str:
    """Return the name of the constant that holds a module's exports.

    Examples
    --------
    >>> name_constant("playground/page/core/framing.js")
    '$playground_page_core_framing'
    """
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))


def _add(path: str, scripts: dict[str, str], above: tuple[str, ...]) -> None:
    if path in above:
        raise ValueError(
            f"{path} imports itself through {', '.join(above)}; modules that import each other in a circle "
            "cannot be bundled"
        )
    if path in scripts:
        return
    text = files("mnist_nn").joinpath(path).read_text("utf-8")
    for _, target in IMPORT.findall(text):
        _add(_resolve(path, target), scripts, (*above, path))
    scripts[path] = _script(path, text)


def _resolve(path: str, target: str) -> str:
    return normpath(join(dirname(path), target))


def _script(path: str, text: str) -> str:
    """Return the module as a function that is called at once."""
    exported = EXPORT.findall(text)
    body = IMPORT.sub(lambda found: _bind(found, path), EXPORT.sub("", text))
    rest = REST.search(body)
    if rest:
        raise ValueError(f"{path} has a line that cannot be bundled: {rest[0]}")
    return (
        f'const {name_constant(path)} = (() => {{\n"use strict";\n{body}return {{ {", ".join(exported)} }};\n}})();\n'
    )


def _bind(found: re.Match[str], path: str) -> str:
    names = re.sub(r"\s+as\s+", ": ", " ".join(found[1].split()))
    return f"const {{ {names} }} = {name_constant(_resolve(path, found[2]))};"
