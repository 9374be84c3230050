"""Hooks of MkDocs: generated pages, links between them, and tables that fit a phone.

The codebook and the documents outside of `docs/` are pages of the site. A link to a file of the repository that is not
part of the site becomes plain text.
"""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link, Navigation
from mkdocs.structure.pages import Page

from conflict_incidents.tables import codebook

TOP = Path(__file__).resolve().parents[1]
SOURCES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "schemas/README.md": "schemas.md",
}
"""Documents outside of `docs/`, and their pages."""
STACKED = 4
"""On a phone, the rows of tables with this many columns are stacked: each cell on a line, after its heading."""
_CELL = re.compile(r"<t([hd])([^>]*)>(.*?)</t\1>", re.S)
_WORD_PART = re.compile(r"(?<=\w[_.])(?=\w)(?![^<]*>)")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?://|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those in `docs/`."""
    pages = {page.src_uri for page in files.documentation_pages()} | {*SOURCES.values(), "codebook.md"}
    for source, page in SOURCES.items():
        files.append(
            File.generated(config, page, content=moved((TOP / source).read_text("utf-8"), source, page, pages))
        )
    files.append(File.generated(config, "codebook.md", content=codebook.markdown()))
    return files


def on_nav(nav: Navigation, **_: object) -> Navigation:
    """Link to the site of the data, where `DATA_SITE` says that there is one, and where."""
    if address := os.environ.get("DATA_SITE"):
        nav.items.insert(1, Link("The data", address))
    return nav


def on_page_markdown(markdown: str, page: Page, files: Files, **_: object) -> str:
    """Point links out of `docs/` to the pages of the site."""
    source = page.file.src_uri
    if source in {*SOURCES.values(), "codebook.md"}:
        return markdown
    return moved(markdown, f"docs/{source}", source, {file.src_uri for file in files.documentation_pages()})


def on_page_content(html: str, **_: object) -> str:
    """Let long names in tables break at `_` and `.`, and label the cells of wide tables for `site.css`."""
    return re.sub(r"<table>.*?</table>", lambda match: _fitting(match[0]), html, flags=re.S)


def _fitting(table: str) -> str:
    """A table with breakable names, and with labelled cells if it is wide."""
    headings: list[str] = []

    def cell(match: re.Match[str]) -> str:
        kind, attributes, text = match.groups()
        if kind == "h":
            headings.append(text)
            return match[0]
        column = next(number) % len(headings)
        label = f' data-label="{headings[column]}"' if len(headings) >= STACKED else ""
        return f"<td{attributes}{label}>{_WORD_PART.sub('<wbr>', text) if column else text}</td>"

    number = count()
    return _CELL.sub(cell, table)


def moved(text: str, source: str, page: str, pages: set[str]) -> str:
    """The text of `source`, a path in the repository, with its links as on the page `page` of the site."""

    def link(match: re.Match[str]) -> str:
        picture, label, target, anchor = match[1], match[2], match[3], match[4] or ""
        path = normpath(join(dirname(source), target))
        there = SOURCES.get(path) or path.removeprefix("docs/")
        if there in pages or (path.startswith("docs/") and not path.endswith(".md") and (TOP / path).is_file()):
            return f"{picture}[{label}]({relpath(there, dirname(page) or '.')}{anchor})"
        return label if (TOP / path).exists() else match[0]  # MkDocs reports a broken link

    return _LINK.sub(link, text)
