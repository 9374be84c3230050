"""SRC: the documents that were read. Prevents: a source that nobody can find again, or that is counted twice."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Incident, Place, Record, Sourced
from conflict_incidents.references import missing
from conflict_incidents.schema import Violation

_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid|igshid)=", re.I)
_PRIVATE = re.compile(r"(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid|onion)$")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}\.?")
_NUMERIC = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@rule("SRC001", Severity.ERROR, on=(Violation, Record))
def public_address(judged: Violation | Record, dataset: Dataset | None = None) -> Iterator[Problem]:
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
    for text, mark in judged.texts_at("url", "archive_url"):
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
        port = parts.port
        host = _ascii(parts.hostname or "")
    except ValueError:
        return "the address is not a URL; copy it anew from the browser"
    if parts.username is not None or parts.password is not None:
        return "the address holds a user name or password; take it out"
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return "the address is not an http or https one; give one that begins with http:// or https://"
    if _is_private(host):
        return f"{shown(host)} is not a public host; give an address that readers can reach"
    if not _HOST.fullmatch(host) and ":" not in host:
        return f"{shown(host)} is not the name of a host; copy the address anew from the browser"
    if _BROKEN_ESCAPE.search(url):
        return "the address has a `%` without two hexadecimal digits after it; write `%25` for a percent sign"
    if _TRACKING.search(parts.query):
        return "the address carries tracking parameters; take them out"
    normal = _normal(parts, host, port)
    return None if normal == url else f"the address is not in normal form; write {shown(normal)}"


def _ascii(host: str) -> str:
    """A host as it stands in the domain name system: `xn--…` for names in other scripts.

    Raises:
        ValueError: there can be no such host.
    """
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A last part of digits alone makes programs read the whole as an address in some unusual form.
        return bool(_PRIVATE.search(host) or "." not in host.strip(".") or _NUMERIC.search(host))
    return not address.is_global or address.is_multicast


def _normal(parts: SplitResult, host: str, port: int | None) -> str:
    """Lower-case scheme and host, no default port, everything but ASCII percent-encoded (RFC 3986, section 6.2)."""
    scheme = parts.scheme.lower()
    named = f"[{host}]" if ":" in host else host.rstrip(".")
    netloc = named if port in {None, _DEFAULT_PORTS[scheme]} else f"{named}:{port}"
    safe = "/:@!$&'()*+,;=-._~%?"
    path, query, fragment = (quote(text, safe=safe) for text in (_undotted(parts.path), parts.query, parts.fragment))
    return urlunsplit((scheme, netloc, path, query, fragment))


def _undotted(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, section 5.2.4)."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            steps = steps[:1] if len(steps) < 2 else steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps) + ("/" if path.endswith(("/.", "/..")) else "")


def _comparable(url: str) -> str:
    """Two addresses of one document compare equal: escapes in one case, no fragment, no closing slash."""
    parts = urlsplit(url)
    path, query = (_ESCAPE.sub(lambda found: found[0].upper(), text) for text in (parts.path, parts.query))
    return f"{parts.netloc}{path.rstrip('/')}?{query}"


@rule("SRC002", Severity.ERROR, on=(Violation, Incident))
def has_report(judged: Violation | Incident, dataset: Dataset | None = None) -> Iterator[Problem]:
    """An incident has at least one report; one that rests on a single originator is marked for a second look.

    Wrong:
        reports: []

    Right:
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-08}]
    """
    if isinstance(judged, Violation):
        yield Problem(judged.at, "an incident has at least one report; add what was read under `reports`")
        return
    if not judged.intact("claims"):
        return
    counting = [claim for claim in judged.claims if claim.counts and not claim.withdrawal]
    originators = {name for claim in counting for name in (claim.by, *claim.jointly_with)}
    if len(originators) == 1 and judged.verification not in {"single_source", "corroborated"}:
        yield Problem(
            judged.at("claims"),
            f"all claims come from a single originator, {shown(next(iter(originators)))}; look for an independent "
            "one, or say `verification: single_source`",
            Severity.WARNING,
        )


@rule("SRC005", Severity.ERROR, on=(Sourced, Place))
def known_publisher(judged: Sourced | Place, dataset: Dataset) -> Iterator[Problem]:
    """A publisher is in the registry of organisations, under one id however it is spelt.

    Wrong:
        - {id: a, publisher: SOHR}

    Right:
        - {id: a, publisher: sohr}
    """
    parts = judged.reports.values() if isinstance(judged, Sourced) else judged.context
    for part in parts:
        if part.publisher and dataset.organisation(part.publisher) is None:
            yield Problem(part.at("publisher"), missing("the publisher", part.publisher, "organisations", dataset))


@rule("SRC006", Severity.WARNING, on=Sourced)
def has_language(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A report says in which language it was read; reports that only another dataset names weren't read.

    Wrong:
        - {id: a, publisher: sohr}

    Right:
        - {id: a, publisher: sohr, language: en}
    """
    if isinstance(incident, Incident) and incident.external:
        return
    for report in incident.reports.values():
        if "language" not in report.node.keys:
            yield Problem(report.mark, f"the report {shown(report.id)} has no `language`; add it, as `en` or `ar`")


@rule("SRC007", Severity.ERROR, on=Sourced)
def report_ids_unique(judged: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Reports, claims and sites of a record have ids of their own.

    A claim that names a report that stands twice has two sources, and nobody knows which.

    Wrong:
        reports: [{id: a, publisher: sohr}, {id: a, publisher: ogn}]

    Right:
        reports: [{id: a, publisher: sohr}, {id: b, publisher: ogn}]
    """
    for key in ("reports", "sites", "claims"):
        seen: dict[str, int] = {}
        for part in judged.listed(key):
            id = part.text("id")
            if id is not None and id in seen:
                message = f"the {key[:-1]} of line {seen[id]} has the id {shown(id)} already; give this one another"
                yield Problem(part.at("id"), message)
            elif id is not None:
                seen[id] = part.at("id").line
