"""Links in reports: relative, escaped paths of files, and URLs of the rules' pages."""

from __future__ import annotations

import os
from functools import cache
from urllib.parse import quote

RULES_PAGE = "INCIDENTS_RULES_PAGE"
"""The environment variable with the http(s) address of the published `docs/rules.md`."""
PAGE = "rules.html"
"""The page of the rules in the published documentation."""


def uri(path: str) -> str:
    """Convert a path to a URI reference (RFC 3986): relative if the path is, `file:///…` if it is absolute."""
    slashes = path.replace(os.sep, "/")
    data = slashes.encode("utf-8", "surrogateescape" if _from_bytes(slashes) else "surrogatepass")
    prefix = "file://" if slashes.startswith("/") else ""
    return prefix + quote(data, safe="/")


def rules_page() -> str | None:
    """Return the address of the manual of the rules: that of the environment, or in the documentation that the package
    names; None if neither is known.
    """
    page = os.environ[RULES_PAGE] if RULES_PAGE in os.environ else _published_page()
    return page if page.startswith(("https://", "http://")) and page.isprintable() and " " not in page else None


def rule_page(id: str) -> str | None:
    """Return the address of a rule's page; None if the manual's isn't configured."""
    page = rules_page()
    return f"{page}#{id.lower()}" if page else None


@cache
def _published_page() -> str:
    """Return the address under `Documentation` in the `[project.urls]` of pyproject.toml; empty if there is none."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("conflict-incidents").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    site = next(
        (address for label, _, address in (one.partition(", ") for one in urls) if label == "Documentation"), ""
    )
    return f"{site.rstrip('/')}/{PAGE}" if site else ""


def _from_bytes(text: str) -> bool:
    """Whether every surrogate in a name represents a non-UTF-8 byte, as in names from the system."""
    return all("\udc80" <= c <= "\udcff" for c in text if "\ud800" <= c <= "\udfff")
