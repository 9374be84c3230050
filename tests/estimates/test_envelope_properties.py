"""`envelope/1`: what holds of any claims that the rules accept; by example: the other tests here."""

import copy
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import assume, given

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.accounts import accounts_of
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.estimates.explanation import explain
from conflict_incidents.estimates.intervals import interval_of
from conflict_incidents.records.counts import GROUPS, INCIDENT_SCOPE
from conflict_incidents.records.model import Incident
from conflict_incidents.validation.rules import RULES
from estimate_samples import incident_of
from samples import Tree
from strategies import FEW, accounts, counts, counts_of, optional, tellings, tolls, worlds

TOP = Path(__file__).parents[2]
DATASET = Dataset(TOP)
CONSISTENT = [RULES[id] for id in ("CLM003", "CLM005", "CNT002", "CNT003", "CNT004", "BND001")]
"""The rules that refuse claims which contradict themselves."""
FLAG = optional(provisional=st.just(True))


def accepted(claims: list[Tree], **more: Any) -> Incident:
    """An incident of claims that the rules on single claims accept."""
    of = incident_of(*claims, **more)
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
        assert [form.claim.id for form in each.used_forms] == [form.claim.id for form in same.used_forms]
        assert {(unused.form.claim.id, unused.reason) for unused in each.left_out} == {
            (unused.form.claim.id, unused.reason) for unused in same.left_out
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
        intervals = [interval for voice in each.voices for interval in voice.value.intervals]
        for interval in [*(form.interval for form in each.used_forms), *intervals]:
            assert each.high_open or each.high is None or interval.least <= each.high
            assert each.low is None or interval.end is None or each.low <= interval.end


DISJOINT: dict[str, list[tuple[str, ...]]] = {
    "total": [
        ("civilians", "combatants", "unknown_status"),
        ("civilians", "side_a", "side_b", "unknown_status"),
        ("women", "men", "children", "unknown_sex_or_age"),
        ("women", "men", "girls", "boys", "unknown_sex_or_age"),
        ("medics",),
        ("journalists",),
        ("aid_workers",),
    ],
    "combatants": [("side_a", "side_b")],
    "children": [("girls", "boys"), ("civilian_children",)],
    "civilians": [("civilian_children",)],
}


@given(accounts())
def test_bests_of_parts_fit_their_whole(claims: list[Tree]) -> None:
    """A whole that only relays add to an own text bounds nothing, with what it leaves of its best apart."""
    by_name = {(each.scope, each.measure, each.group): each for each in estimates(accepted(claims))}
    for (scope, measure, group), whole in by_name.items():
        bounds = [voice for voice in whole.voices if not voice.unsourced and not voice.value.added]
        for parts in DISJOINT.get(group, []):
            of_parts = [by_name[scope, measure, part] for part in parts if (scope, measure, part) in by_name]
            bests = sum(each.best or 0 for each in of_parts)
            if whole.best is not None:
                assert bests <= whole.best
            elif whole.high is not None and not whole.high_open and len(bounds) == len(whole.voices) > 0:
                assert bests <= whole.high


@given(accounts())
def test_an_unknown_never_becomes_a_number(claims: list[Tree]) -> None:
    of = accepted(claims)
    keys = {(claim.scope.sites != () and "site", *key) for claim in of.claims for key in claim.counts}
    for each in estimates(of):
        assert each.used_forms or (each.source_forms and each.low)
        assert any(measure == each.measure for _, measure, _ in keys)
        stated_groups = {group for _, measure, group in keys if measure == each.measure}
        assert each.group in stated_groups or each.agreement in {"implied", "conflicting"}


@given(accounts())
def test_no_number_comes_from_a_withdrawn_claim(claims: list[Tree]) -> None:
    for each in estimates(accepted(claims)):
        assert not [form for form in (*each.used_forms, *each.source_forms) if form.claim.withdrawal]


@st.composite
def own_and_relay(draw: st.DrawFn) -> tuple[list[Tree], Tree]:
    """An originator's own texts, another originator, and a relay that tells of the newest own text's time.

    The relay has other groups, other bounds and another flag; it was printed that day or later.
    """
    world = draw(worlds())
    own, relayed_counts = draw(tellings(world)), draw(tellings(world))
    claims = [{"by": "a", "in": "a-own8", "killed": own} | draw(FLAG)]
    relay = {"by": "a", "in": draw(st.sampled_from(["r8", "r9", "rund"])), "killed": relayed_counts} | draw(FLAG)
    if draw(st.booleans()) or not set(own) & set(relayed_counts) & set(GROUPS):
        relay |= {"in": draw(st.sampled_from(["r8b", "r9", "r10"])), "as_of": "2022-09-08"}
        claims += [{"by": "a", "in": "a-own7", "killed": killed} for killed in draw(st.lists(tolls(), max_size=1))]
    totals = draw(st.lists(FEW.flatmap(counts_of), max_size=1))
    claims += [{"by": "b", "in": "r8", "killed": total} for total in totals]
    return claims, relay


@given(own_and_relay())
def test_a_relay_of_the_own_text_changes_no_number_that_it_gives(of: tuple[list[Tree], Tree]) -> None:
    claims, relay = of
    before = all_numbers(accepted(claims))
    after = {each[:3]: each for each in all_numbers(accepted([*claims, relay]))}
    for each in before:
        if each[2] in claims[0]["killed"]:
            assert after[each[:3]][:11] == each[:11]


@st.composite
def relays_and_another(draw: st.DrawFn) -> tuple[list[Tree], Tree]:
    """Relays of one day, of one world or several, and another that fits every form of them and hedges nothing."""
    days = [{"in": "r8"}, {"in": "r8b"}, {"in": "r9", "as_of": "2022-09-08"}]
    *where, last = draw(st.permutations(days).map(lambda order: order[: 3 if order[0] == days[0] else 2]))
    among = ["total", "women"]
    relays = [{"by": "a", "killed": draw(worlds().flatmap(lambda world: tellings(world, among)))} | of for of in where]
    relays = [one | draw(FLAG) for one in relays]
    forms = [
        form for every in accounts_of(incident_of(*relays)).values() for one in every for form in one.forms.values()
    ]
    most = min((form.interval.end for form in forms if form.interval.end is not None), default=9)
    groups = draw(st.lists(st.sampled_from(sorted({form.group for form in forms})), min_size=1, unique=True))
    killed: Tree = {group: {"at_least": draw(st.integers(0, most))} for group in groups}
    if len(forms) == 1 and draw(st.booleans()):
        killed = {forms[0].group: forms[0].interval.least}
    return relays, {"by": "a", "killed": killed} | last | draw(FLAG)


@given(relays_and_another())
def test_without_own_text_a_fitting_relay_without_hedge_lowers_no_start(of: tuple[list[Tree], Tree]) -> None:
    relays, relay = of
    after = {each.group: each for each in estimates(accepted([*relays, relay]))}
    for each in estimates(accepted(relays)):
        low = after[each.group].low
        assert each.low is None or (low is not None and low >= each.low)


@given(accounts(), st.data())
def test_a_further_originator_narrows_no_range_of_a_stated_group(claims: list[Tree], data: st.DataObject) -> None:
    """It raises no low, lowers no closed high, and settles nothing, unless parts or sites exceeded every end."""
    of_incident = [each for each in estimates(accepted(claims)) if each.scope == INCIDENT_SCOPE]
    estimates_stated = [each for each in of_incident if any(not voice.unsourced for voice in each.voices)]
    assume(estimates_stated)
    one = data.draw(st.sampled_from(estimates_stated))
    count = data.draw(FEW.flatmap(counts_of))
    newcomer = {"by": "newcomer", "in": "r8", one.measure: count if one.measure == "strikes" else {one.group: count}}
    name = (one.scope, one.measure, one.group)
    (after,) = [each for each in estimates(accepted([*claims, newcomer])) if numbers(each)[:3] == name]
    assert one.low is None or after.low is None or after.low <= one.low
    assert one.high is None or (after.high is not None and after.high >= one.high)
    is_exceeded = any("more than any end stated" in note for note in one.notes)
    assert is_exceeded or after.agreement != "compatible" or one.agreement in {"compatible", "single_originator"}


@given(st.lists(tolls(), min_size=2, max_size=3))
def test_no_number_comes_from_an_older_state_where_a_newer_gives_the_group(states: list[Tree]) -> None:
    pages = ("a-own7", "a-own8", "a-own9")
    claims = [{"by": "a", "in": page, "killed": killed} for page, killed in zip(pages, states, strict=False)]
    for each in estimates(accepted(claims)):
        giving = [claim["in"] for claim in claims if each.group in claim["killed"]]
        assert [form.claim.report for form in each.used_forms] == giving[-1:] * bool(each.used_forms)


@given(tolls(), tolls(), st.lists(st.sampled_from(["r7", "r8", "r9", "rund"]), min_size=1, max_size=2, unique=True))
def test_a_withdrawn_state_takes_its_relays_along(withdrawn_toll: Tree, other: Tree, reports: list[str]) -> None:
    withdrawn = {"date": "2022-09-20", "reason": "an error"}
    rest = [{"by": "b", "in": "b-own8", "killed": other}]
    claims: list[Tree] = [{"by": "a", "in": "a-own8", "killed": withdrawn_toll, "withdrawn": withdrawn}]
    claims += [{"by": "a", "in": report, "killed": withdrawn_toll} for report in reports]
    assert all_numbers(accepted([*rest, *claims])) == all_numbers(accepted(rest))


@given(st.lists(tolls(), min_size=2, max_size=3))
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
    assert "total" not in {each.group for each in estimates(incident_of({"by": "a", "in": "r8", "killed": killed}))}


@given(accounts())
def test_estimates_leave_the_record_as_it_was(claims: list[Tree]) -> None:
    before = copy.deepcopy(claims)
    of = accepted(claims)
    assert all_numbers(of) == all_numbers(incident_of(*before))
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
    (each,) = estimates(incident_of({"by": "a", "in": "r8", "killed": count}))
    (form,) = each.used_forms
    interval = interval_of(form.count)
    assert form.value is None or interval.contains(form.value) or form.count.bound == "between"
