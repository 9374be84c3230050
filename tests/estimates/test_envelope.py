"""The estimates of an incident: which there are, in which order, and their explanation."""

import os
from pathlib import Path

import pytest

from conflict_incidents.estimates.envelope import estimates, headline
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.estimates.explanation import explain
from conflict_incidents.records.model import Incident
from conflict_incidents.records.parsing import parse_file
from estimate_samples import cases, check, claim, incident_of

TOP = Path(__file__).parents[2]
GOLDEN = Path(__file__).parents[1] / "golden"


CASES = cases("""
things | a r8 strikes 14 munitions 20 aircraft 4 | strikes 14, best 14; munitions 20, best 20; aircraft 4, best 4
casualties | a r8 7 casualties 20 | total 7, best 7; casualties 20, best 20
an area | a r8 7; a r8 20 area=idlib | total 7, best 7; area:idlib@2022-09-08 20, best 20
""")


@pytest.mark.parametrize("name", CASES)
def test_scopes_and_measures_are_never_mixed(name: str) -> None:
    check(*CASES[name])


def recorded(id: str) -> Incident:
    file = TOP / "data/incidents" / id[:3] / id[4:8] / f"{id}.yaml"
    record = parse_file(file, file.name).record
    assert isinstance(record, Incident)
    return record


def test_explanation_of_the_founding_incident() -> None:
    """`WRITE_GOLDEN=1 pytest` writes it anew; read the difference before you commit it."""
    page = explain(recorded("SYR-20220908-7q4m")) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        (GOLDEN / "explained.txt").write_text(page, "utf-8")
    assert page == (GOLDEN / "explained.txt").read_text("utf-8")


def test_an_incident_without_a_toll_has_no_estimate() -> None:
    villages = recorded("SYR-20220908-k2fd")
    assert estimates(villages) == []
    assert "all is unknown, not zero" in explain(villages)


def keys(of: list[Estimate]) -> list[tuple[str, str, str]]:
    return [(one.scope, one.measure, one.group) for one in of]


def test_estimates_come_in_one_order() -> None:
    claims = [
        claim("a", "r8", {"civilians": 4, "total": 7}, scope="village"),
        claim("a", "r8", strikes=3),
        claim("a", "r8", {"women": 1, "civilians": 4, "total": 7}, wounded=2),
    ]
    for order in (claims, claims[::-1]):
        assert keys(estimates(incident_of(*order))) == [
            ("incident", "killed", "total"),
            ("incident", "killed", "civilians"),
            ("incident", "killed", "women"),
            ("incident", "wounded", "total"),
            ("incident", "strikes", "total"),
            ("site:village", "killed", "total"),
            ("site:village", "killed", "civilians"),
        ]


def test_the_estimates_of_the_incident_are_found_by_measure_and_group() -> None:
    of = incident_of(claim("a", "r8", {"total": 7, "civilians": 4}), claim("a", "r8", 2, scope="village"))
    assert {key: one.low for key, one in headline(of).items()} == {("killed", "total"): 7, ("killed", "civilians"): 4}


def test_a_caller_that_changes_the_list_changes_no_estimate() -> None:
    of = incident_of(claim("a", "r8", 7))
    first = estimates(of)
    (one,) = first
    first.clear()
    assert estimates(of)[0] is one
