"""A hook of mkdocs: the manual's links to files of the repository, which the site does not have.

Read in the repository such a link leads to the file; on the site its text stays, as the name of
the file.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((\.\./[^)\s]+)\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page's text without the links that lead out of the manual."""
    folder = posixpath.dirname(page.file.src_uri)

    def kept(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[2]))
        return f"`{link[1]}`" if target.startswith("../") else link[0]

    return _LINK.sub(kept, markdown)
