"""Pages of the site that are made, not written: the codebook, and the documents that lie beside `docs/`.

MkDocs calls this as a hook. A link to a file of the repository that is no page of the site becomes plain text: the site
stands alone. Prevents: a page of the site that says something else than the repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from conflict_incidents.tables import codebook

TOP = Path(__file__).resolve().parents[1]
BESIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "schemas/README.md": "schemas.md",
}
"""Documents outside of `docs/` and the pages that they become."""
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?://|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the made pages to those that lie in `docs/`."""
    pages = {page.src_uri for page in files.documentation_pages()} | {*BESIDE.values(), "codebook.md"}
    for source, page in BESIDE.items():
        files.append(
            File.generated(config, page, content=moved((TOP / source).read_text("utf-8"), source, page, pages))
        )
    files.append(File.generated(config, "codebook.md", content=codebook.markdown()))
    return files


def on_page_markdown(markdown: str, page: Page, files: Files, **_: object) -> str:
    """Lead links out of `docs/` to the pages that the files have become."""
    source = page.file.src_uri
    if source in {*BESIDE.values(), "codebook.md"}:
        return markdown
    return moved(markdown, f"docs/{source}", source, {file.src_uri for file in files.documentation_pages()})


def moved(text: str, source: str, page: str, pages: set[str]) -> str:
    """The text of `source`, a path in the repository, as the page `page` of the site, with its links led anew."""

    def led(found: re.Match[str]) -> str:
        picture, label, target, anchor = found[1], found[2], found[3], found[4] or ""
        path = normpath(join(dirname(source), target))
        there = BESIDE.get(path) or path.removeprefix("docs/")
        if there in pages:
            return f"{picture}[{label}]({relpath(there, dirname(page) or '.')}{anchor})"
        return label if (TOP / path).exists() else found[0]  # what leads nowhere is for MkDocs to complain of

    return _LINK.sub(led, text)
