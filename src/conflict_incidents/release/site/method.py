"""The page on the method, from `docs/method.md`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from conflict_incidents.core.resources import resource

if TYPE_CHECKING:
    from markupsafe import Markup

PICTURE = "method-voices.svg"
"""The picture of the founding incident."""
_COMMENT = re.compile(r"<!--.*?-->\n?", re.S)
_PAGE = re.compile(r"\[([^\]]*)\]\((?!https?://|#)[^)]*\.md[^)]*\)")


def method() -> Markup:
    """Convert the page to HTML.

    Raises:
        ImportError: markdown-it-py isn't installed.
    """
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    text = resource("docs/method.md").read_text("utf-8")
    text = _PAGE.sub(r"\1", _COMMENT.sub("", text)).replace(f"]({PICTURE})", f"](assets/{PICTURE})")
    tokens = (parser := MarkdownIt("commonmark", {"html": False}).enable("table")).parse(text)
    for before, after in pairwise(tokens):
        if before.type == "heading_open":
            before.attrSet("id", anchor(after.content))
        elif before.type == "fence":
            before.attrSet("tabindex", "0")
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def anchor(heading: str) -> str:
    """Return the anchor of a heading, as the documentation's own site makes it."""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
