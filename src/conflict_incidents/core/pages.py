"""A page of headings, lines and tables, as plain text for a terminal or as Markdown for a pull request.

Text is escaped when the page is rendered, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from conflict_incidents.core.findings import cut, markdown, number, printable

PageRow = tuple[str, ...]
LISTED = 200
"""How many rows of a table and lines of a list are printed."""
LARGEST = 800_000
"""How many bytes of sections are printed. GitHub takes no more than 1 MiB for the summary of a step."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """Rows of cells under a header; numbers are printed unchanged."""

    head: PageRow
    rows: Sequence[PageRow]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text; with `boxes`, a checklist."""

    lines: Sequence[str]
    title: str = ""
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its content."""

    title: str
    blocks: Sequence[PageTable | Lines] = field(default_factory=list)


SectionMaker = Callable[[], Section]
"""Makes a section, which isn't asked for where there is no room for it."""


def as_text(sections: Iterable[SectionMaker]) -> str:
    """Sections for a terminal: columns of equal width, every character that isn't printable as an escape."""
    return _fitting_sections(sections, _section_as_text, "\n\n\n")


def as_markdown(sections: Iterable[SectionMaker]) -> str:
    """Sections as GitHub's Markdown, in which no text is anything but text."""
    return _fitting_sections(sections, _section_as_markdown, "\n\n")


def _fitting_sections(sections: Iterable[SectionMaker], printed: Callable[[Section], str], between: str) -> str:
    """As many sections as there is room for, the first in any case, and how many more there are."""
    done: list[str] = []
    room, left = LARGEST, 0
    for make in sections:
        text = "" if left else printed(make())
        room -= len(text.encode("utf-8", "replace")) + len(between)
        if left or (room < 0 and done):
            left += 1
        else:
            done.append(text)
    if left:
        done.append(f"{number(left, 'more section')} left out: the page would be too long")
    return between.join(done)


def aligned(rows: Sequence[PageRow]) -> list[str]:
    """Rows in columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _section_as_text(section: Section) -> str:
    return "\n\n".join([printable(section.title), *map(_block_as_text, section.blocks)])


def _block_as_text(block: PageTable | Lines) -> str:
    if isinstance(block, PageTable):
        rows = [tuple(map(_plain, row)) for row in (block.head, *block.rows[:LISTED])]
        lines = aligned(rows)
    else:
        box = "[ ] " if block.boxes else ""
        lines = [box + _plain(line) for line in block.lines[:LISTED]]
    title = [f"{printable(block.title)}:"] if block.title else []
    return "\n".join([*title, *(f"  {line}".rstrip() for line in [*lines, *_rest(block)])])


def _section_as_markdown(section: Section) -> str:
    return "\n\n".join([f"## {markdown(section.title)}", *map(_block_as_markdown, section.blocks)])


def _block_as_markdown(block: PageTable | Lines) -> str:
    if isinstance(block, PageTable):
        rule = tuple("---" for _ in block.head)
        rows = [tuple(map(markdown, block.head)), rule, *(tuple(map(_marked, row)) for row in block.rows[:LISTED])]
        lines = [f"| {' | '.join(row)} |" for row in rows]
    else:
        box = "[ ] " if block.boxes else ""
        lines = [f"- {box}{_marked(line)}" for line in block.lines[:LISTED]]
    title = [f"### {markdown(block.title)}", ""] if block.title else []
    return "\n".join([*title, *lines, *(f"\n{line}" for line in _rest(block))])


def _rest(block: PageTable | Lines) -> list[str]:
    """How much of a block isn't printed."""
    left = len(block.rows if isinstance(block, PageTable) else block.lines) - LISTED
    return [f"and {left} more"] if left > 0 else []


def _plain(text: str) -> str:
    return printable(cut(text))


def _marked(text: str) -> str:
    return markdown(cut(text))
