"""Links in reports: relative, escaped paths of files, and URLs of the rules' pages."""

from __future__ import annotations

import os
from urllib.parse import quote

RULES_PAGE = "INCIDENTS_RULES_PAGE"
"""The environment variable that says where `docs/rules.md` is published, as an http(s) address."""


def uri(path: str) -> str:
    """A path as a URI reference (RFC 3986): relative where the path is relative, `file:///…` where it is absolute."""
    slashes = path.replace(os.sep, "/")
    data = slashes.encode("utf-8", "surrogateescape" if _from_bytes(slashes) else "surrogatepass")
    prefix = "file://" if slashes.startswith("/") else ""
    return prefix + quote(data, safe="/")


def rules_page() -> str | None:
    """The address of the manual of the rules, None where it isn't configured."""
    page = os.environ.get(RULES_PAGE, "")
    return page if page.startswith(("https://", "http://")) else None


def rule_page(id: str) -> str | None:
    """The address of a rule's page, None where the manual's isn't configured."""
    page = rules_page()
    return f"{page}#{id.lower()}" if page else None


def _from_bytes(text: str) -> bool:
    """Whether every surrogate in a name represents a byte that isn't UTF-8, as in the system's names."""
    return all("\udc80" <= c <= "\udcff" for c in text if "\ud800" <= c <= "\udfff")
