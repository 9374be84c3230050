"""A unified diff of two versions of a file."""

from __future__ import annotations

import difflib

from conflict_incidents.core.findings import harmless, printable

_COMMANDS = ("##[", "##vso[")


def difference(name: str, old: bytes, new: bytes) -> str:
    """Return a unified diff that is safe to print, with invisible characters escaped; empty if both are equal."""
    before, after = (_lines(data) for data in (old, new))
    found = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="")
    return "\n".join("\n".join(map(_harmless, line.split("\n"))) for line in found)


def _lines(data: bytes) -> list[str]:
    *lines, last = data.decode("utf-8", "backslashreplace").split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _harmless(line: str) -> str:
    line = printable(line)
    commanding = line.lstrip("+- ").startswith("::") or any(sign in line for sign in _COMMANDS)
    return harmless(line) if commanding else line
