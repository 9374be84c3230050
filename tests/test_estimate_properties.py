"""`envelope/1`: what holds for any set of claims; by example: test_estimate.py."""

import copy
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from conflict_incidents.counts import INCIDENT_SCOPE
from conflict_incidents.dataset import Dataset
from conflict_incidents.estimate import Estimate, estimates
from conflict_incidents.explaining import explain
from conflict_incidents.model import Incident
from conflict_incidents.ranges import WHOLES
from conflict_incidents.rules import RULES
from estimating import found, made
from samples import Tree, incident, record
from strategies import ACCOUNTED, accounts, counts

TOP = Path(__file__).parents[1]


def numbers(each: Estimate) -> tuple[Any, ...]:
    """All that an estimate says of the number, without who says it where."""
    name = (each.scope, each.measure, each.group)
    range_ = (each.low, each.best, each.high, each.high_open, each.common_min, each.common_max)
    return *name, *range_, each.agreement, each.basis, each.approximate, each.originators


def all_numbers(told: Incident) -> list[tuple[Any, ...]]:
    return [numbers(each) for each in estimates(told)]


@given(accounts(), st.randoms(use_true_random=False))
def test_the_order_of_claims_is_irrelevant(claims: list[Tree], random: Any) -> None:
    shuffled = claims.copy()
    random.shuffle(shuffled)
    one, other = (estimates(made(*order)) for order in (claims, shuffled))
    assert [numbers(each) for each in one] == [numbers(each) for each in other]
    for each, same in zip(one, other, strict=True):
        assert [said.claim.id for said in each.used] == [said.claim.id for said in same.used]
        assert {(item.said.claim.id, item.reason) for item in each.left_out} == {
            (item.said.claim.id, item.reason) for item in same.left_out
        }
        assert each.reports == same.reports


@given(accounts(), st.data())
def test_a_relay_of_a_known_originator_changes_nothing_but_the_count_of_reports(
    claims: list[Tree], data: st.DataObject
) -> None:
    before = estimates(made(*claims))
    counted = [(each, one) for each in before for one in each.used]
    if not counted:
        return
    each, one = data.draw(st.sampled_from(counted))
    source = next(claim for claim in claims if claim["id"] == one.claim.id)
    count = source[each.measure]
    grouped = isinstance(count, dict) and each.group in count
    relay: Tree = {key: source[key] for key in ("by", "scope", "provisional") if key in source}
    relay |= {"id": "relay", "in": "echo", each.measure: {each.group: count[each.group]} if grouped else count}
    relay |= {"as_of": one.moment} if one.moment else {}
    reports = [*ACCOUNTED, {"id": "echo", "publisher": "echo"}]
    after = record(incident(reports=reports, claims=[*claims, relay]))
    assert isinstance(after, Incident)
    assert [numbers(same) for same in estimates(after)] == [numbers(same) for same in before]
    (again,) = [e for e in estimates(after) if (e.scope, e.measure, e.group) == (each.scope, each.measure, each.group)]
    assert again.reports == each.reports + 1


@given(accounts())
def test_low_best_and_high_are_in_order_and_so_is_what_all_agree_on(claims: list[Tree]) -> None:
    for each in estimates(made(*claims)):
        ends = [value for value in (each.low, each.best, each.high) if value is not None]
        assert ends == sorted(ends)
        common = [value for value in (each.low, each.common_min, each.common_max) if value is not None]
        assert common == sorted(common)
        assert each.high is not None
        if not each.high_open:
            assert max(each.common_min or 0, each.common_max or 0) <= each.high
        if each.agreement == "conflicting":
            assert (each.common_min, each.common_max, each.best) == (None, None, None)
        elif each.best is not None:
            assert (each.common_min or 0) <= each.best
            assert each.common_max is None or each.best <= each.common_max


@given(accounts())
def test_no_part_is_larger_than_its_whole_and_a_closed_whole_closes_it(claims: list[Tree]) -> None:
    by_key = {(each.scope, each.measure, each.group): each for each in estimates(made(*claims))}
    for (scope, measure, group), part in by_key.items():
        for whole in [by_key.get((scope, measure, one.name)) for one in WHOLES if group in one.parts]:
            if whole:
                assert part.low is None or whole.low is None or part.low <= whole.low
                assert part.best is None or whole.best is None or part.best <= whole.best
                assert whole.high_open or not part.high_open
                if whole.group == "total" or not whole.high_open:  # children, open, don't bound what civilians close
                    assert (part.high or 0) <= (whole.high or 0)


@given(accounts())
def test_no_claim_that_is_used_lies_outside_of_its_envelope(claims: list[Tree]) -> None:
    for each in estimates(made(*claims)):
        for one in each.used:
            assert each.high_open or (one.count.min or 0) <= (each.high or 0)
            assert one.count.max is None or (each.low or 0) <= one.count.max


@given(accounts())
def test_an_unknown_never_becomes_a_number(claims: list[Tree]) -> None:
    told = made(*claims)
    counted = {(str(claim.scope), *key) for claim in told.claims for key in claim.counts}
    families = {(scope, measure) for scope, measure, _ in counted}
    for each in estimates(told):
        key = (each.scope, each.measure)
        assert key in families
        assert (*key, each.group) in counted or (each.group == "total" and each.derived_from)
        assert each.used or each.derived_from
        same = [claim for claim in told.claims if str(claim.scope) == each.scope]
        stated = {
            n
            for claim in same
            for name, c in claim.counts.items()
            if name[0] == each.measure
            for n in (c.min, c.max, c.best)
        }
        if 0 not in stated:
            assert 0 not in {each.low, each.best, each.high, each.common_min, each.common_max}
        if (
            each.group in {"girls", "boys", "medics", "women"} or each.measure == "strikes"
        ):  # without parts of their own
            assert {each.low, each.best, each.high} <= stated | {None}


@given(accounts(), counts())
def test_another_originator_never_narrows_what_has_no_parts(claims: list[Tree], count: Any) -> None:
    """What people count by groups can get narrower: a total closes its parts, and parts raise their total."""
    newcomer = {"by": "newcomer", "in": "day-8", "strikes": count}
    before = [each for each in estimates(made(*claims)) if (each.measure, each.scope) == ("strikes", INCIDENT_SCOPE)]
    after = found(made(*claims, newcomer), measure="strikes")
    for each in before:
        assert each.low is None or (after.low is not None and after.low <= each.low)
        assert after.high is not None
        assert after.high >= (each.high or 0)
        if each.high_open and not after.high_open:  # only a number that reaches every open claim closes it
            assert after.high >= max(one.count.min or 0 for one in each.used)
        assert after.agreement == "conflicting" or each.agreement != "conflicting"


@given(accounts())
def test_estimating_is_pure_and_leaves_the_record_as_it_was(claims: list[Tree]) -> None:
    before = copy.deepcopy(claims)
    told = made(*claims)
    assert estimates(told) == estimates(told)
    assert all_numbers(told) == all_numbers(made(*before))
    assert explain(told) == explain(told)


NAMING = ("id", "by", "in", "scope")


@given(accounts())
def test_the_used_claims_alone_give_the_same_estimate(claims: list[Tree]) -> None:
    """What is left out has no say: without it, and with the dates that it lost to, the numbers are the same."""
    before = estimates(made(*claims))
    kept: dict[str, Tree] = {claim["id"]: {key: claim[key] for key in NAMING if key in claim} for claim in claims}
    for each in before:
        for one in each.used:
            name = str(one.claim.id)
            source = next(claim for claim in claims if claim["id"] == name)[each.measure]
            if isinstance(source, dict) and each.group in source:
                kept[name].setdefault(each.measure, {})[each.group] = source[each.group]
            else:
                kept[name][each.measure] = source
    assert all_numbers(made(*kept.values())) == [numbers(each) for each in before]


@given(accounts())
def test_the_rules_on_estimates_find_nothing_in_what_the_method_gives(claims: list[Tree]) -> None:
    told = made(*claims)
    for id in ("BND001", "BND003", "BND004"):
        wrong = [
            finding.message for finding in RULES[id].run("x.yaml", told, Dataset(TOP)) if finding.severity == "error"
        ]
        assert wrong == []


@given(accounts())
def test_every_set_of_claims_can_be_explained(claims: list[Tree]) -> None:
    told = made(*claims)
    page = explain(told)
    for each in estimates(told):
        assert page.count(f"\n{each.measure}") >= 1
    assert all(line == line.rstrip() and line.isprintable() for line in page.split("\n"))
