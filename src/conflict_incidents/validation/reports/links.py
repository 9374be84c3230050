"""Links in reports: relative, escaped paths of files, and URLs of the rules' pages."""

from __future__ import annotations

import os
from urllib.parse import quote

RULES_PAGE = "INCIDENTS_RULES_PAGE"
"""The environment variable with the http(s) address of the published `docs/rules.md`."""


def uri(path: str) -> str:
    """Convert a path to a URI reference (RFC 3986): relative if the path is, `file:///…` if it is absolute."""
    slashes = path.replace(os.sep, "/")
    data = slashes.encode("utf-8", "surrogateescape" if _from_bytes(slashes) else "surrogatepass")
    prefix = "file://" if slashes.startswith("/") else ""
    return prefix + quote(data, safe="/")


def rules_page() -> str | None:
    """Return the address of the manual of the rules; None if not configured."""
    page = os.environ.get(RULES_PAGE, "")
    return page if page.startswith(("https://", "http://")) else None


def rule_page(id: str) -> str | None:
    """Return the address of a rule's page; None if the manual's isn't configured."""
    page = rules_page()
    return f"{page}#{id.lower()}" if page else None


def _from_bytes(text: str) -> bool:
    """Whether every surrogate in a name represents a non-UTF-8 byte, as in names from the system."""
    return all("\udc80" <= c <= "\udcff" for c in text if "\ud800" <= c <= "\udfff")
