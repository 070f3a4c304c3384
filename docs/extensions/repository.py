"""Links from a page to the rest of the repository: files come with the site, and folders are named only.

The same link works where the repository is browsed. Links between pages are for MyST, which checks them.
"""

import os
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


class RepositoryLinks(SphinxTransform):
    """Take over the links that lead out of ``docs``."""

    default_priority = 400

    def apply(self, **_: Any) -> None:
        """Replace them."""
        for link in list(self.document.findall(addnodes.pending_xref)):
            path = self._find(link)
            if path is None:
                continue
            if path.is_dir():
                link.replace_self(link.children)
            elif not path.is_relative_to(self.env.srcdir):
                target = f"/{os.path.relpath(path, self.env.srcdir)}"
                fields = {**link.attributes, "refdomain": None, "reftarget": target}
                link.replace_self(addnodes.download_reference("", "", *link.children, **fields))

    def _find(self, link: nodes.Element) -> Path | None:
        """Find what a link means: from its page, or from the root for a page that is included from there."""
        target = str(link["reftarget"]).partition("#")[0]
        if link["reftype"] != "myst" or not target:
            return None
        page = Path(self.env.doc2path(self.env.docname)).parent
        candidates = [(folder / target).resolve() for folder in (page, Path(self.env.srcdir).parent)]
        candidates += [path.with_name(f"{path.name}.md") for path in candidates]
        return next((path for path in candidates if path.exists()), None)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the transform."""
    app.add_transform(RepositoryLinks)
    return {"parallel_read_safe": True}
