"""SRC: the documents that were read. Prevents: a source that nobody can find again, or that is counted twice."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from conflict_incidents.catalogue import Problem, rule, suggestion
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Incident, Organisation, Place, Record
from conflict_incidents.schema import Violation

_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid|igshid)=", re.I)
_PRIVATE = re.compile(r"(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid|onion)$")
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
        yield Problem(judged.at, f"{judged.name} is {judged.seen}, not an http or https address")
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
    except ValueError:
        return f"{shown(url)} is not a URL"
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        return "the address holds a user name or password; take it out"
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return f"{shown(url)} is not an http or https address"
    if _is_private(host):
        return f"{shown(host)} is not a public host; give an address that readers can reach"
    if _TRACKING.search(parts.query):
        return "the address carries tracking parameters; take them out"
    normal = _normal(parts, host, port)
    return None if normal == url else f"the address is not in normal form; write {shown(normal)}"


def _is_private(host: str) -> bool:
    if _PRIVATE.search(host) or "." not in host.strip("."):
        return not _is_public_ip(host)
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return re.fullmatch(r"[0-9.]+|0x[0-9a-f]+", host) is not None


def _is_public_ip(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _normal(parts: SplitResult, host: str, port: int | None) -> str:
    """Lower-case scheme and host, no default port, everything but ASCII percent-encoded (RFC 3986, section 6.2)."""
    scheme = parts.scheme.lower()
    named = f"[{host}]" if ":" in host else host.rstrip(".")
    netloc = named if port in {None, _DEFAULT_PORTS[scheme]} else f"{named}:{port}"
    safe = "/:@!$&'()*+,;=-._~%?"
    path, query, fragment = (quote(text, safe=safe) for text in (parts.path, parts.query, parts.fragment))
    return urlunsplit((scheme, netloc, path, query, fragment))


def _comparable(url: str) -> str:
    """Two addresses of one document compare equal: escapes in one case, no fragment, no closing slash."""
    parts = urlsplit(url)
    path = re.sub(r"%[0-9a-f]{2}", lambda found: found[0].upper(), parts.path, flags=re.I).rstrip("/")
    return f"{parts.netloc}{path}?{parts.query}"


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
    originators = {claim.by for claim in judged.claims if claim.counts and not claim.withdrawal}
    if len(originators) == 1 and judged.verification != "single_source":
        yield Problem(
            judged.at("claims"),
            f"all claims come from a single originator, {shown(next(iter(originators)))}; look for an independent one, or "
            "say `verification: single_source`",
            Severity.WARNING,
        )


@rule("SRC005", Severity.ERROR, on=(Incident, Place))
def known_publisher(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A publisher is in the registry of organisations, under one id however it is spelt.

    Wrong:
        - {id: a, publisher: SOHR}

    Right:
        - {id: a, publisher: sohr}
    """
    parts = judged.reports.values() if isinstance(judged, Incident) else judged.context
    for part in parts:
        if part.publisher and dataset.organisation(part.publisher) is None:
            hint = suggestion(part.publisher, dataset.ids("organisations"))
            yield Problem(
                part.at("publisher"), f"the publisher {shown(part.publisher)} is not in data/organisations/{hint}"
            )


@rule("SRC006", Severity.WARNING, on=Incident)
def has_language(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A report says in which language it was read.

    Wrong:
        - {id: a, publisher: sohr}

    Right:
        - {id: a, publisher: sohr, language: en}
    """
    for report in incident.reports.values():
        if report.language is None:
            yield Problem(report.mark, f"the report {shown(report.id)} has no `language`; add it, as `en` or `ar`")


@rule("SRC007", Severity.ERROR, on=(Incident, Organisation))
def report_ids_unique(judged: Incident | Organisation, dataset: Dataset) -> Iterator[Problem]:
    """Reports, claims and sites of a record have ids of their own.

    A claim that names a report that stands twice has two sources, and nobody knows which.

    Wrong:
        reports: [{id: a, publisher: sohr}, {id: a, publisher: ogn}]

    Right:
        reports: [{id: a, publisher: sohr}, {id: b, publisher: ogn}]
    """
    if isinstance(judged, Incident):
        for key in ("reports", "sites", "claims"):
            seen: dict[str, int] = {}
            for part in judged.listed(key):
                id = part.text("id")
                if id is not None and id in seen:
                    yield Problem(
                        part.at("id"), f"{key} have the id {shown(id)} already in line {seen[id]}; give it another"
                    )
                elif id is not None:
                    seen[id] = part.at("id").line
