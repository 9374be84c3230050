"""`envelope/1`: what holds of any claims that the rules accept; by example: test_estimate.py."""

import copy
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import assume, given

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import Estimate, estimates
from conflict_incidents.estimates.explanation import explain
from conflict_incidents.estimates.intervals import interval_of
from conflict_incidents.estimates.structure import wholes_of
from conflict_incidents.records.counts import INCIDENT_SCOPE
from conflict_incidents.records.model import Incident
from conflict_incidents.validation.rules import RULES
from estimating import made
from samples import Tree
from strategies import accounts, counts, group_counts

TOP = Path(__file__).parents[2]
DATASET = Dataset(TOP)
CONSISTENT = [RULES[id] for id in ("CLM003", "CLM005", "CNT002", "CNT003", "CNT004", "BND001")]
"""The rules that refuse claims which contradict themselves."""


def accepted(claims: list[Tree], **more: Any) -> Incident:
    """An incident of claims that the rules on single claims accept."""
    of = made(*claims, **more)
    for rule in CONSISTENT:
        assume(not [one for one in rule.run("x.yaml", of, DATASET) if one.severity == "error"])
    return of


def numbers(each: Estimate) -> tuple[Any, ...]:
    """What an estimate says of the number, without what it was read in."""
    name = (each.scope, each.measure, each.group)
    ends = (each.low, each.best, each.high, each.high_open, each.common_min, each.common_max)
    return *name, *ends, each.agreement, each.basis, each.low_from, each.provisional, each.approximate, each.originators


def all_numbers(of: Incident) -> list[tuple[Any, ...]]:
    return [numbers(each) for each in estimates(of)]


@given(accounts(), st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_nothing(claims: list[Tree], random: Any) -> None:
    shuffled = claims.copy()
    random.shuffle(shuffled)
    one, other = (estimates(accepted(order)) for order in (claims, shuffled))
    assert [numbers(each) for each in one] == [numbers(each) for each in other]
    for each, same in zip(one, other, strict=True):
        assert [form.claim.id for form in each.used] == [form.claim.id for form in same.used]
        assert {(left.form.claim.id, left.reason) for left in each.left_out} == {
            (left.form.claim.id, left.reason) for left in same.left_out
        }


@given(accounts())
def test_low_best_and_high_are_in_order(claims: list[Tree]) -> None:
    for each in estimates(accepted(claims)):
        ends = [value for value in (each.low, each.best, each.high) if value is not None]
        assert each.high_open or ends == sorted(ends)
        assert each.low is None or each.high is None or each.low <= each.high
        if each.agreement not in {"single_originator", "compatible"}:
            assert (each.common_min, each.common_max, each.best) == (None, None, None)
        elif each.common_min is not None and each.common_max is not None:
            assert each.common_min <= each.common_max


@given(accounts())
def test_every_claim_that_is_used_meets_the_envelope(claims: list[Tree]) -> None:
    for each in estimates(accepted(claims)):
        for voice in each.voices:
            for interval in voice.value.intervals:
                assert each.high_open or each.high is None or interval.least <= each.high
                assert each.low is None or interval.end is None or each.low <= interval.end


@given(accounts())
def test_bests_of_parts_fit_the_best_of_their_whole(claims: list[Tree]) -> None:
    found = {(each.scope, each.measure, each.group): each for each in estimates(accepted(claims))}
    for (scope, measure, group), part in found.items():
        for whole in (found.get((scope, measure, name)) for name in wholes_of(group)):
            if whole and part.best is not None:
                limit = whole.best if whole.best is not None else None if whole.high_open else whole.high
                assert limit is None or part.best <= limit


@given(accounts())
def test_an_unknown_never_becomes_a_number(claims: list[Tree]) -> None:
    of = accepted(claims)
    counted = {(claim.scope.sites != () and "site", *key) for claim in of.claims for key in claim.counts}
    for each in estimates(of):
        assert each.used or (each.derived_from and each.low)
        assert any(measure == each.measure for _, measure, _ in counted)
        given_groups = {group for _, measure, group in counted if measure == each.measure}
        assert each.group in given_groups or each.agreement in {"implied", "conflicting"}


@given(accounts())
def test_no_number_comes_from_a_withdrawn_claim(claims: list[Tree]) -> None:
    for each in estimates(accepted(claims)):
        assert not [form for form in (*each.used, *each.derived_from) if form.claim.withdrawal]


@given(group_counts(), st.data())
def test_a_relay_of_the_own_text_changes_no_number_that_it_gives(killed: Any, data: st.DataObject) -> None:
    """The relay loses groups, bounds or the flag; it is printed on the day of the own text or later."""
    own = {"by": "a", "in": "a-own8", "id": "own", "killed": killed, "provisional": data.draw(st.booleans())}
    relay = {"by": "a", "in": data.draw(st.sampled_from(["r8", "r9", "rund"])), "killed": _relayed(killed, data)}
    relay["provisional"] = data.draw(st.booleans())
    other = {"by": "b", "in": "r8", "killed": data.draw(counts())}
    before = all_numbers(accepted([own, other]))
    after = {each[:3]: each for each in all_numbers(accepted([own, other, relay]))}
    groups = set(killed) if _grouped(killed) else {"total"}
    for each in before:
        if each[2] in groups:
            assert after[each[:3]][:6] == each[:6]


def _grouped(killed: Any) -> bool:
    return isinstance(killed, dict) and "total" in killed


def _relayed(killed: Any, data: st.DataObject) -> Any:
    """A count as a relay gives it: some of its groups, each as it was or with its start alone."""
    if not _grouped(killed):
        return _weaker(killed, data)
    names = data.draw(
        st.lists(st.sampled_from([name for name in killed if killed[name] is not True]), min_size=1, unique=True)
    )
    return {name: _weaker(killed[name], data) for name in names}


def _weaker(count: Any, data: st.DataObject) -> Any:
    if isinstance(count, int) and data.draw(st.booleans()):
        return {"at_least": count}
    return count


@given(st.integers(1, 300), st.integers(0, 3), st.sampled_from(["r8b", "r9"]))
def test_without_own_text_a_fitting_relay_without_hedge_lowers_no_start(first: int, more: int, report: str) -> None:
    claims: list[Tree] = [
        {"by": "a", "in": "r8", "killed": first},
        {"by": "a", "in": report, "killed": {"at_least": max(0, first - more)}},
    ]
    (alone,) = estimates(made(claims[0]))
    (both,) = estimates(accepted(claims))
    assert both.low == alone.low


@given(accounts(), st.integers(0, 300))
def test_a_further_agreeing_originator_never_narrows_the_range(claims: list[Tree], number: int) -> None:
    before = [each for each in estimates(accepted(claims)) if (each.measure, each.scope) == ("strikes", INCIDENT_SCOPE)]
    (after,) = [
        each
        for each in estimates(accepted([*claims, {"by": "newcomer", "in": "r8", "strikes": number}]))
        if (each.measure, each.scope) == ("strikes", INCIDENT_SCOPE)
    ]
    for each in before:
        assert each.low is None or (after.low is not None and after.low <= each.low)
        assert each.high is None or (after.high is not None and after.high >= each.high)
        assert after.agreement != "compatible" or each.agreement in {"compatible", "single_originator", "unsourced"}


@given(st.lists(group_counts(), min_size=2, max_size=3))
def test_a_later_date_and_supersedes_give_one_estimate(states: list[Any]) -> None:
    days = ("own7", "own8", "own9")
    dated = [{"by": "a", "in": f"a-{days[n]}", "killed": killed, "id": f"n{n}"} for n, killed in enumerate(states)]
    linked = [
        {**one, "in": "a-und", "supersedes": [f"n{n - 1}"]} if n else {**one, "in": "a-und"}
        for n, one in enumerate(dated)
    ]
    assert all_numbers(accepted(dated)) == all_numbers(accepted(linked))


@given(st.dictionaries(st.sampled_from(["civilians", "combatants", "women", "medics"]), st.just(0), min_size=1))
def test_groups_that_are_all_nought_give_no_total(killed: Tree) -> None:
    assert "total" not in {each.group for each in estimates(made({"by": "a", "in": "r8", "killed": killed}))}


@given(accounts())
def test_estimates_leave_the_record_as_it_was(claims: list[Tree]) -> None:
    before = copy.deepcopy(claims)
    of = accepted(claims)
    assert all_numbers(of) == all_numbers(made(*before))
    assert claims == before


@given(accounts())
def test_any_claims_can_be_explained(claims: list[Tree]) -> None:
    of = accepted(claims)
    page = explain(of)
    for each in estimates(of):
        assert page.count(f"\n{each.measure}") >= 1
    assert all(line == line.rstrip() and line.isprintable() for line in page.split("\n"))


@given(counts())
def test_an_interval_holds_the_stated_number(count: Any) -> None:
    (each,) = estimates(made({"by": "a", "in": "r8", "killed": count}))
    (form,) = each.used
    interval = interval_of(form.count)
    assert form.value is None or interval.contains(form.value) or form.count.bound == "between"
