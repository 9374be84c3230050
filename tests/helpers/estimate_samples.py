"""Incidents of a few claims, and their estimates as text, for the tests of estimates."""

from __future__ import annotations

import re
from typing import Any

from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.records.counts import COMPLETE, GROUPS, INCIDENT_SCOPE, LEXICON, MEASURES, THINGS
from conflict_incidents.records.model import Incident
from samples import Tree, incident, record

ORIGINATORS = ("sohr", "snhr", "shaam", "ucdp", "army", "a", "b", "c", "d", "paper")
PRESS = [
    {"id": "r7", "publisher": "press", "published": "2022-09-07"},
    {"id": "r8", "publisher": "press", "published": "2022-09-08"},
    {"id": "r8b", "publisher": "gazette", "published": "2022-09-08"},
    {"id": "r8t", "publisher": "gazette", "published": "2022-09-08T21:10:00+03:00"},
    {"id": "r9", "publisher": "press", "published": "2022-09-09"},
    {"id": "r10", "publisher": "press", "published": "2022-09-10"},
    {"id": "rund", "publisher": "press"},
]
"""Reports by other publishers: of four days, and one without a date."""
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
FLAGS: dict[str, Tree] = {"provisional": PROVISIONAL, "withdrawn": WITHDRAWN, "unstated": {"sourcing": "unstated"}}
Case = tuple[str, str]
"""Claims, and the estimates of them, both as text: see `claim_of` and `texts_of`."""
REPORTS_BY_ID: dict[str, Tree] = {report["id"]: report for report in (*PRESS, *OWN)}


def claim(by: str, report: str, killed: Any = None, **more: Any) -> Tree:
    """Return a claim in a report of another publisher (`r8`) or of the originator (`own8`, `und`), with the killed and
    further keys."""
    own = f"{by}-{report}"
    return {
        "by": by,
        "in": own if own in REPORTS_BY_ID else report,
        **({} if killed is None else {"killed": killed}),
        **more,
    }


def cases(table: str) -> dict[str, Case]:
    """Parse the lines `name | claims | estimates` of a table, by name; an indented line continues the one above."""
    rows = (row.split(" | ") for row in re.sub(r"\n +", " ", table).split("\n") if row and row[0] != "#")
    return {name: (claims, expected) for name, claims, expected in rows}


def claim_of(text: str) -> Tree:
    """Parse a claim written as on the method page: `a own8 7 women 2+ provisional`.

    Numbers: `7`, `7+` (at least), `<7` (at most), `~7` (about), `4-6`, `4-6=5` (with a best), `dozens`; of the total,
    where no group is named. `as_of=8T10` is 8 September at ten.
    """
    by, report, *words = text.split()
    tree, measure, group = claim(by, report), "killed", "total"
    for word in words:
        key, _, value = word.partition("=")
        if word in MEASURES:
            measure = word
        elif word in GROUPS:
            group = word
        elif word in COMPLETE:
            tree[measure][word] = True
        elif key == "as_of":
            day, _, hour = value.partition("T")
            tree[key] = f"2022-09-{day:0>2}" + (f"T{hour}:00:00Z" if hour else "")
        elif key in {"jointly_with", "based_on", "supersedes", "scope"}:
            tree[key] = value.split("+")
        elif key == "area":
            tree["scope"] = {key: value, "from": "2022-09-08", "to": "2022-09-08"}
        elif key in FLAGS or key == "id":
            tree |= FLAGS.get(key) or {key: value}
        else:
            tree.setdefault(measure, {})[group] = _count(word)
            group = "total"
    return {key: value["total"] if key in THINGS else value for key, value in tree.items()}


def _count(word: str) -> Any:
    """Parse a count."""
    if word in LEXICON:
        return {"word": word}
    start, _, end = word.partition("-")
    if end:
        end, _, best = end.partition("=")
        return {"between": [int(start), int(end)]} | ({"best": int(best)} if best else {})
    bounds = {"+": "at_least", "<": "at_most", "~": "about"}
    return next(({bounds[mark]: int(word.strip(mark))} for mark in bounds if mark in word), None) or int(word)


def incident_of(*claims: Tree, **more: Any) -> Incident:
    """Return an incident with these claims and their reports."""
    reports = [REPORTS_BY_ID[id] for id in dict.fromkeys(each["in"] for each in claims)]
    incident_read = record(incident(**({"reports": reports, "claims": list(claims)} | more if claims else more)))
    assert isinstance(incident_read, Incident)
    return incident_read


def estimate_text(estimate: Estimate) -> str:
    """Format an estimate in a line: `4-7, best 7, compatible`; with its basis if it isn't obvious."""
    best = "no best" if estimate.best is None else f"best {estimate.best}"
    marks = [word for word in ("provisional", "approximate") if getattr(estimate, word)]
    low_from = [f"low_from {estimate.low_from}"] if estimate.low_from in {"parts", "sites"} else []
    return ", ".join([estimate.text, best, estimate.agreement.value, *low_from, *marks])


def estimate_texts(of: Incident) -> dict[str, str]:
    """Format all estimates, by scope (where it isn't the incident), measure and group."""
    return {
        " ".join([each.scope] * (each.scope != INCIDENT_SCOPE) + [each.measure, each.group]): estimate_text(each)
        for each in estimates(of)
    }


def estimate_of(of: Incident, group: str = "total", measure: str = "killed", scope: str = INCIDENT_SCOPE) -> Estimate:
    """Return one estimate of an incident."""
    (one,) = [e for e in estimates(of) if (e.measure, e.group, e.scope) == (measure, group, scope)]
    return one


def texts_of(of: Incident) -> str:
    """Format all estimates in order: `total 7, best 7; wounded 12-15, best 15, compatible`.

    The killed, the total of other measures, the incident and a single originator are omitted.
    """
    texts = []
    for name, text in estimate_texts(of).items():
        short = name.removeprefix("killed ").replace(" killed ", " ")
        texts.append(f"{short.removesuffix(' total')} {text.replace(f', {SOLE}', '')}")
    return "; ".join(texts) or "nothing"


def check(claims: str, expected: str) -> None:
    """Check the estimates for several orders of the claims."""
    trees = [claim_of(text) for text in claims.split(";")]
    for order in (trees, trees[::-1]):
        text = texts_of(incident_of(*order))
        assert text == expected, text


def at_least(number: int) -> Tree:
    return {"at_least": number}


def about(number: int) -> Tree:
    return {"about": number}
