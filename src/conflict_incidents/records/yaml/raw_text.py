"""The lines of a file that can't be parsed, for the rules that need no structure.

A telephone number or the address of a private chat is reported even where a typo keeps the file from being parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from conflict_incidents.core.findings import Mark
from conflict_incidents.records.yaml.nodes import COMMENT, KeyedText

_SCHEMA = re.compile(r"^[ {\"']*schema[\"']?\s*:\s*[\"']?([a-z]+)", re.M)
_KEY = re.compile(r"(?:^\s*(?:-\s+)*|[{,]\s*)[\"']?(?P<key>[^\W\d]\w*)[\"']?\s*:(?=\s|\w|$)")
_COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, eq=False)
class Unread:
    """A text that couldn't be parsed, and its `kind`, empty if it has none."""

    text: str

    @cached_property
    def kind(self) -> str:
        """The kind of record."""
        match = _SCHEMA.search(self.text)
        return match[1] if match else ""

    @cached_property
    def everything(self) -> list[KeyedText]:
        """The texts of each line with their position and the last key before them; comments have the key `COMMENT`.

        A text may be cut where another key seems to begin, but nothing is left out.
        """
        key = ""
        result: list[KeyedText] = []
        for number, line in enumerate(self.text.split("\n"), 1):
            if not line.strip():
                continue
            comment = _COMMENT.search(line)
            if comment and re.search("[\"']", line[: comment.start()]):
                comment = None  # it may be in quotes, and be none
            end = comment.start() if comment else len(line)
            start = 0
            for keyed in _KEY.finditer(line, 0, end):
                result += _piece(key, line, start, keyed.start(), number)
                key, start = keyed["key"], keyed.end()
            result += _piece(key, line, start, end, number)
            if comment:
                result += _piece(COMMENT, line, end, len(line), number)
        return result


def _piece(key: str, line: str, start: int, end: int, number: int) -> Iterator[KeyedText]:
    """Yield a part of a line with the position of its first letter; nothing if it is blank."""
    text = line[start:end]
    if text.strip():
        yield key, text, Mark(number, start + len(text) - len(text.lstrip()) + 1)
