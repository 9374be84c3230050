"""URLs: validity, normal form, equality."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from conflict_incidents.core.findings import Shown
from conflict_incidents.core.resources import csv_rows

_TRACKING = re.compile(
    r"(?:^|&)(?:utm_[a-z]+|(?:fb|g|d|y|ms|tw|tt)clk?id|[gw]braid|mc_[ce]id|igsh(?:id)?|_ga|ref_src|mkt_tok)=", re.I
)

_PRIVATE = re.compile(r"(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid|onion)$")

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"

_HOST = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")

_NUMERIC = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=4096)
def url_problem(url: str) -> Shown | None:
    """Return why a URL is invalid, and the repair; the URL isn't repeated, as any part may contain a name."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError:
        return Shown("the address is not a URL; copy it again from the browser")
    if parts.username is not None:  # empty before a lone password
        return Shown("the address holds a user name or password; remove it")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return Shown("the address is not an http or https one; give one that begins with http:// or https://")
    if _is_private(host):
        return Shown("the host of the address is not a public one; give an address that readers can reach")
    if not _HOST.fullmatch(host) and ":" not in host:
        return Shown("the address has no valid name of a host; copy it again from the browser")
    if _BROKEN_ESCAPE.search(url):
        return Shown("the address has a `%` without two hexadecimal digits after it; write `%25` for a percent sign")
    if _TRACKING.search(parts.query):
        return Shown("the address carries tracking parameters; remove them")
    if ":~:" in parts.fragment:
        return Shown("the address ends with words that a browser marked; remove what follows `#`")
    if any(map(str.isspace, url)):
        return Shown("the address contains a space; keep one address, or write `%20` for a space within it")
    if "\u2026" in url or "..." in url:
        return Shown("the address was shortened with an ellipsis; copy it again from the browser")
    normal = _normal(parts, host, port)
    return None if normal == url else Shown("the address is not in normal form (RFC 3986); let `--fix` write it")


_SHORTENERS = frozenset(row["host"] for row in csv_rows(__file__, "shorteners.csv"))
"""Hosts of services that shorten addresses."""


def is_shortened(url: str) -> bool:
    """Whether an address is that of a service that leads to another one."""
    host, first = page_account(url)
    return host in _SHORTENERS or (host.removeprefix("www.").startswith("google.") and first == "url")


def path_of(url: str) -> str:
    """Return the path of a URL, decoded; empty if it is invalid."""
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def is_no_page(url: str) -> bool:
    """Whether an address is that of a whole site, or of a list of search results."""
    parts = urlsplit(url)
    search = re.search(r"(?:^|\.)(?:google|bing|duckduckgo|yandex|yahoo)\.", parts.netloc) and parts.query
    home = re.fullmatch(r"/?(?:[a-z]{2}/?)?(?:index\.\w+)?", parts.path) and not (parts.query or parts.fragment)
    return bool(home or search)


_TELEGRAM = frozenset({"t.me", "telegram.me", "telegram.dog"})


@lru_cache(maxsize=4096)
def page_account(url: str) -> tuple[str, str]:
    """Return the host of a URL and the first segment of its path, which identify an account on social networks.

    A channel of Telegram has one host, with or without the `/s/` of pages for everybody.
    """
    try:
        parts = urlsplit(url.casefold())
    except ValueError:
        return url, url
    host, path = parts.netloc.removeprefix("www."), unquote(parts.path).casefold().strip("/")
    if host in _TELEGRAM:
        host, path = "t.me", path.removeprefix("s/")
    return host, path.partition("/")[0]


@lru_cache(maxsize=4096)
def normalize_url(url: str) -> str:
    """Return a URL in normal form without tracking parameters; unchanged if it has other errors."""
    if any(map(str.isspace, url)):
        return url
    try:
        parts = urlsplit(url)
        query = "&".join(pair for pair in parts.query.split("&") if not _TRACKING.match(pair))
        parts = parts._replace(query=query)
        normal = _normal(parts, _host(parts), parts.port)
    except (ValueError, KeyError):
        return url
    return url if url_problem(normal) or parts.username is not None else normal


def _host(parts: SplitResult) -> str:
    """Return the host as in the domain name system, without the trailing dot: `xn--…` for other scripts.

    Raises:
        ValueError: the host is invalid.
    """
    host = (parts.hostname or "").removesuffix(".")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # software may parse a numeric last label as an IP address in an unusual format
        return bool(_PRIVATE.search(host) or "." not in host or _NUMERIC.search(host))
    return not address.is_global or address.is_multicast


def _normal(parts: SplitResult, host: str, port: int | None) -> str:
    """Normalise: lower-case host, no default port, non-ASCII characters percent-encoded (RFC 3986, section 6.2)."""
    authority = f"[{host}]" if ":" in host else host
    netloc = authority if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{authority}:{port}"
    safe = "/:@!$&'()*+,;=-._~%?"
    path, query, fragment = (
        quote(text, safe=safe) for text in (_without_dot_segments(parts.path), parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def _without_dot_segments(path: str) -> str:
    """Remove `.` and `..` from a path (RFC 3986, section 5.2.4)."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[max(1, len(steps) - 1) :]
        elif step != ".":
            steps.append(step)
    return "/".join(steps) + ("/" if path.endswith(("/.", "/..")) else "")


def comparable(url: str) -> str:
    """Return a form that is equal for URLs of one document: no `www.`, fragment or final slash, upper-case escapes."""
    parts = urlsplit(url)
    path, query = (_ESCAPE.sub(lambda match: match[0].upper(), text) for text in (parts.path, parts.query))
    return f"{parts.netloc.removeprefix('www.')}{path.rstrip('/')}?{query}"
