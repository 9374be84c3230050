"""A page of headings, lines and tables, as plain text for a terminal or as Markdown for a pull request.

Text is escaped when the page is rendered, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from conflict_incidents.core.findings import Shown, cut, markdown, number, printable

PageRow = tuple[Shown, ...]
_NO_TITLE = Shown("")
MAX_ROWS = 200
"""The maximum number of printed rows of a table, and of lines of a list."""
MAX_PAGE_SIZE = 800_000
"""The maximum size of printed sections in bytes. GitHub limits the summary of a step to 1 MiB."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table: a header, and rows of cells; numbers are printed unchanged."""

    head: PageRow
    rows: Sequence[PageRow]
    title: Shown = _NO_TITLE


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text; with `boxes`, a checklist."""

    lines: Sequence[Shown]
    title: Shown = _NO_TITLE
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its content."""

    title: Shown
    blocks: Sequence[PageTable | Lines] = field(default_factory=list)


SectionMaker = Callable[[], Section]
"""Makes a section; not called if there is no room for it."""


def as_text(sections: Iterable[SectionMaker]) -> Shown:
    """Format sections for a terminal, with aligned columns and unprintable characters escaped."""
    return _fitting_sections(sections, lambda one: [printable(one.title), *map(_block_as_text, one.blocks)], "\n\n\n")


def as_markdown(sections: Iterable[SectionMaker]) -> Shown:
    """Format sections as GitHub's Markdown, with all markup in text escaped."""
    return _fitting_sections(
        sections, lambda one: [f"## {markdown(one.title)}", *map(_block_as_markdown, one.blocks)], "\n\n"
    )


def _fitting_sections(sections: Iterable[SectionMaker], printed: Callable[[Section], list[str]], between: str) -> Shown:
    """Format as many sections as fit, at least the first, and the number of those omitted."""
    parts: list[str] = []
    room, omitted = MAX_PAGE_SIZE, 0
    for make in sections:
        text = "" if omitted else "\n\n".join(printed(make()))
        room -= len(text.encode("utf-8", "replace")) + len(between)
        if omitted or (room < 0 and parts):
            omitted += 1
        else:
            parts.append(text)
    if omitted:
        parts.append(f"{number(omitted, 'more section')} left out: the page would be too long")
    return Shown(between.join(parts))


def align(rows: Sequence[PageRow]) -> list[Shown]:
    """Align rows in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return [*map(Shown, lines)]


def _block_as_text(block: PageTable | Lines) -> str:
    if isinstance(block, PageTable):
        rows = [tuple(map(_plain, row)) for row in (block.head, *block.rows[:MAX_ROWS])]
        lines = align(rows)
    else:
        box = "[ ] " if block.boxes else ""
        lines = [Shown(box + _plain(line)) for line in block.lines[:MAX_ROWS]]
    title = [f"{printable(block.title)}:"] if block.title else []
    return "\n".join([*title, *(f"  {line}".rstrip() for line in [*lines, *_rest(block)])])


def _block_as_markdown(block: PageTable | Lines) -> str:
    if isinstance(block, PageTable):
        rule = tuple("---" for _ in block.head)
        rows = [tuple(map(markdown, block.head)), rule, *(tuple(map(_escape, row)) for row in block.rows[:MAX_ROWS])]
        lines = [f"| {' | '.join(row)} |" for row in rows]
    else:
        box = "[ ] " if block.boxes else ""
        lines = [f"- {box}{_escape(line)}" for line in block.lines[:MAX_ROWS]]
    title = [f"### {markdown(block.title)}", ""] if block.title else []
    return "\n".join([*title, *lines, *(f"\n{line}" for line in _rest(block))])


def _rest(block: PageTable | Lines) -> list[str]:
    """Return a note on the number of items that aren't printed."""
    more = len(block.rows if isinstance(block, PageTable) else block.lines) - MAX_ROWS
    return [f"and {more} more"] if more > 0 else []


def _plain(text: Shown) -> Shown:
    return Shown(printable(cut(text)))


def _escape(text: str) -> str:
    return markdown(cut(text))
