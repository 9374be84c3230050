"""Incidents of a few claims, and their estimates in words: for the tests of the estimate."""

from __future__ import annotations

from typing import Any

from conflict_incidents.counts import INCIDENT_SCOPE
from conflict_incidents.estimate import Estimate, estimates
from conflict_incidents.model import Incident
from samples import Tree, incident, record
from strategies import ACCOUNTED


def made(*claims: Tree, **more: Any) -> Incident:
    """An incident of these claims, in the reports of `ACCOUNTED`."""
    told = record(incident(**(more | {"reports": ACCOUNTED, "claims": list(claims)} if claims else more)))
    assert isinstance(told, Incident)
    return told


def said(by: str, killed: Any = None, report: str = "day-8", **more: Any) -> Tree:
    """A claim about the killed, and what else."""
    return {"by": by, "in": report, **({} if killed is None else {"killed": killed}), **more}


def words(estimate: Estimate) -> str:
    """An estimate in a line: `4-7, best 7, compatible`."""
    best = "no best" if estimate.best is None else f"best {estimate.best}"
    return f"{estimate.text}, {best}, {estimate.agreement.value}"


def results(told: Incident) -> dict[str, str]:
    """All estimates in words, by scope (where it isn't the incident), measure and group."""
    return {
        " ".join([each.scope] * (each.scope != INCIDENT_SCOPE) + [each.measure, each.group]): words(each)
        for each in estimates(told)
    }


def found(told: Incident, group: str = "total", measure: str = "killed") -> Estimate:
    (one,) = [e for e in estimates(told) if (e.measure, e.group, e.scope) == (measure, group, INCIDENT_SCOPE)]
    return one
