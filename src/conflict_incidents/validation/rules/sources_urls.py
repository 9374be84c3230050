"""SRC, addresses: where a document is found. Prevents: a source that nobody can find again, or that changed unseen."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from conflict_incidents.core.findings import Severity, shown
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident, Record, Sourced
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Report

ADDRESSES = ("url", "archive_url")
"""The keys at which addresses stand."""
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


@rule("SRC001", Severity.ERROR, on=(Violation, Record))
def public_address(judged: Violation | Record, dataset: Dataset) -> Iterator[Problem]:
    """A URL is http or https, in normal form, without credentials or tracking, on a public host, once in a record.

    Wrong:
        url: HTTPS://user:secret@Example.org:443/story?utm_source=x

    Right:
        url: https://example.org/story
    """
    if isinstance(judged, Violation):
        empty = "is empty; write" if judged.empty else "is not an address; write"
        yield Problem(judged.at, f"{judged.name} {empty} one that begins with http:// or https://")
        return
    seen: dict[str, int] = {}
    for text, mark in judged.texts_at(*ADDRESSES):
        wrong = _wrong_with(text)
        if wrong:
            yield Problem(mark, wrong)
            continue
        same = _comparable(text)
        if same in seen:
            yield Problem(mark, f"the address stands already in line {seen[same]}; one report has one address")
        seen.setdefault(same, mark.line)


def _wrong_with(url: str) -> str | None:
    """Why a URL isn't acceptable, and how to repair it; credentials are never repeated."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError:
        return "the address is not a URL; copy it anew from the browser"
    if parts.username is not None:  # empty before a password alone
        return "the address holds a user name or password; take it out"
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return "the address is not an http or https one; give one that begins with http:// or https://"
    if _is_private(host):
        return f"{shown(host)} is not a public host; give an address that readers can reach"
    if not _HOST.fullmatch(host) and ":" not in host:
        return f"{shown(host)} is not the name of a host; copy the address anew from the browser"
    if _BROKEN_ESCAPE.search(url):
        return "the address has a `%` without two hexadecimal digits after it; write `%25` for a percent sign"
    if _TRACKING.search(parts.query):
        return "the address carries tracking parameters; take them out"
    if ":~:" in parts.fragment:
        return "the address ends with words that a browser marked; take out what follows `#`"
    normal = _normal(parts, host, port)
    return None if normal == url else f"the address is not in normal form; write {shown(normal)}"


def in_normal_form(url: str) -> str:
    """The address in normal form and without tracking parameters; as it is where anything else is wrong with it."""
    if any(map(str.isspace, url)):
        return url
    try:
        parts = urlsplit(url)
        query = "&".join(pair for pair in parts.query.split("&") if not _TRACKING.match(pair))
        parts = parts._replace(query=query)
        normal = _normal(parts, _host(parts), parts.port)
    except (ValueError, KeyError):
        return url
    return url if _wrong_with(normal) or parts.username is not None else normal


def _host(parts: SplitResult) -> str:
    """The host as it stands in the domain name system, without the dot of its root: `xn--…` for other scripts.

    Raises:
        ValueError: there can be no such host.
    """
    host = (parts.hostname or "").removesuffix(".")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A last part of digits alone makes programs read the whole as an address in some unusual form.
        return bool(_PRIVATE.search(host) or "." not in host or _NUMERIC.search(host))
    return not address.is_global or address.is_multicast


def _normal(parts: SplitResult, host: str, port: int | None) -> str:
    """Lower-case host, no default port, everything but ASCII percent-encoded (RFC 3986, section 6.2)."""
    named = f"[{host}]" if ":" in host else host
    netloc = named if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{named}:{port}"
    safe = "/:@!$&'()*+,;=-._~%?"
    path, query, fragment = (quote(text, safe=safe) for text in (_undotted(parts.path), parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def _undotted(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, section 5.2.4)."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[max(1, len(steps) - 1) :]
        elif step != ".":
            steps.append(step)
    return "/".join(steps) + ("/" if path.endswith(("/.", "/..")) else "")


def _comparable(url: str) -> str:
    """Two addresses of one document compare equal: escapes in one case, no `www.`, no fragment, no closing slash."""
    parts = urlsplit(url)
    path, query = (_ESCAPE.sub(lambda found: found[0].upper(), text) for text in (parts.path, parts.query))
    return f"{parts.netloc.removeprefix('www.')}{path.rstrip('/')}?{query}"


_ARCHIVES = re.compile(
    r"//(?:web\.archive\.org|archive\.(?:today|ph|is|li|vn|md|fo)|perma\.cc|webcitation\.org|ghostarchive\.org)/"
)
"""Addresses that are those of archived copies."""
_OF_NOTHING = ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0" * 64, "f" * 64)
"""The SHA-256 of an empty file, and what is typed in place of one."""


@rule("SRC003", Severity.WARNING, on=Sourced)
def archived_before_published(judged: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Before a record is `published`, each report with an address has an archived copy and its SHA-256.

    Pages vanish and change; the copy and its hash show what was read. Drafts may wait, and records from other datasets
    name reports that nobody here has read. One finding stands for all reports of a record that lack the same; that the
    copy is of the report, the reviewer sees.

    Wrong:
        - {id: sohr, publisher: sohr, url: "https://example.org/1", language: en}

    Right:
        - id: sohr
          publisher: sohr
          url: "https://example.org/1"
          archived: 2022-09-10
          archive_url: "https://archive.example.net/1"
          sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
          language: en
    """
    yield from _hashes(judged)
    if judged.status != "published" or (isinstance(judged, Incident) and judged.external):
        return
    alike: dict[tuple[str, ...], list[Report]] = {}
    for report in judged.reports.values():
        addressed = report.url or report.archive_url or report.sha256
        lacks = _lacks(report) if addressed and not (report.url and _wrong_with(report.url)) else ()
        if lacks:
            alike.setdefault(lacks, []).append(report)
    for lacks, reports in alike.items():
        first, more = shown(reports[0].id), len(reports) - 1
        which = f"the reports {first} and {more} more have" if more else f"the report {first} has"
        keys = " and no ".join(f"`{key}`" for key in lacks)
        message = f"{which} no {keys}; archive the page before the record is published"
        yield Problem(reports[0].at("url"), message)


def _lacks(report: Report) -> tuple[str, ...]:
    """The keys of the archived copy that a report has not."""
    copied = report.archive_url or (report.url and _ARCHIVES.search(report.url))
    return (*(() if copied else ("archive_url",)), *(() if report.sha256 else ("sha256",)))


def _hashes(judged: Sourced) -> Iterator[Problem]:
    first: dict[str, Report] = {}
    for report in judged.reports.values():
        if report.sha256 in _OF_NOTHING:
            yield Problem(report.at("sha256"), "the SHA-256 is that of no document; compute it of the archived copy")
        elif report.sha256:
            before = first.setdefault(report.sha256, report)
            if before is not report:
                yield Problem(
                    report.at("sha256"),
                    f"the report {shown(before.id)} has the same SHA-256; correct it, or keep one of the two reports",
                )
