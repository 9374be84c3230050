"""Incidents of a few claims, and their estimates as text, for the tests of estimates."""

from __future__ import annotations

from typing import Any

from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.records.counts import INCIDENT_SCOPE
from conflict_incidents.records.model import Incident
from samples import Tree, incident, record

ORIGINATORS = ("sohr", "snhr", "shaam", "ucdp", "army", "a", "b", "c", "d", "paper")
PRESS = [
    {"id": "r7", "publisher": "press", "published": "2022-09-07"},
    {"id": "r8", "publisher": "press", "published": "2022-09-08"},
    {"id": "r8b", "publisher": "gazette", "published": "2022-09-08"},
    {"id": "r9", "publisher": "press", "published": "2022-09-09"},
    {"id": "r10", "publisher": "press", "published": "2022-09-10"},
    {"id": "rund", "publisher": "press"},
]
"""Reports of others: of four days, and one without a date."""
OWN = [
    {"id": f"{name}-{page}", "publisher": name} | ({"published": f"2022-09-{day}"} if day else {})
    for name in ORIGINATORS
    for page, day in (("own7", "07"), ("own8", "08"), ("own9", "09"), ("own10", "10"), ("und", ""))
]
"""Reports of the originators themselves: `sohr-own8` of 8 September, `sohr-und` without a date."""
PROVISIONAL = {"provisional": True}
WITHDRAWN = {"withdrawn": {"date": "2022-09-20", "reason": "an error"}}
QUARRY, HOUSE = {"scope": "quarry"}, {"scope": "house"}
SOLE = "single_originator"
Case = tuple[list[Tree], dict[str, str]]
"""Claims, and the estimates of them as text."""
REPORTS_BY_ID: dict[str, Tree] = {report["id"]: report for report in (*PRESS, *OWN)}


def claim(by: str, report: str, killed: Any = None, **more: Any) -> Tree:
    """A claim in a report of others (`r8`) or of the originator (`own8`, `und`), about the killed and what else."""
    own = f"{by}-{report}"
    return {
        "by": by,
        "in": own if own in REPORTS_BY_ID else report,
        **({} if killed is None else {"killed": killed}),
        **more,
    }


def incident_of(*claims: Tree, **more: Any) -> Incident:
    """An incident of these claims, with the reports that they are in."""
    reports = [REPORTS_BY_ID[id] for id in dict.fromkeys(each["in"] for each in claims)]
    incident_read = record(incident(**({"reports": reports, "claims": list(claims)} | more if claims else more)))
    assert isinstance(incident_read, Incident)
    return incident_read


def estimate_text(estimate: Estimate) -> str:
    """An estimate in a line: `4-7, best 7, compatible`; with what it rests on where that isn't plain."""
    best = "no best" if estimate.best is None else f"best {estimate.best}"
    marks = [word for word in ("provisional", "approximate") if getattr(estimate, word)]
    low_from = [f"low_from {estimate.low_from}"] if estimate.low_from in {"parts", "sites"} else []
    return ", ".join([estimate.text, best, estimate.agreement.value, *low_from, *marks])


def estimate_texts(of: Incident) -> dict[str, str]:
    """All estimates in words, by scope (where it isn't the incident), measure and group."""
    return {
        " ".join([each.scope] * (each.scope != INCIDENT_SCOPE) + [each.measure, each.group]): estimate_text(each)
        for each in estimates(of)
    }


def estimate_of(of: Incident, group: str = "total", measure: str = "killed", scope: str = INCIDENT_SCOPE) -> Estimate:
    """One estimate of an incident."""
    (one,) = [e for e in estimates(of) if (e.measure, e.group, e.scope) == (measure, group, scope)]
    return one


def check(claims: list[Tree], expected: dict[str, str]) -> None:
    """The estimates are as expected, whatever the order of the claims."""
    for order in (claims, claims[::-1]):
        assert estimate_texts(incident_of(*order)) == expected


def at_least(number: int) -> Tree:
    return {"at_least": number}


def about(number: int) -> Tree:
    return {"about": number}
