"""Section 6 of docs/method.md: voices, their envelope, and the best value."""

from typing import Any

import pytest

from conflict_incidents.estimates.envelope import estimates
from estimate_samples import (
    SOLE,
    at_least,
    cases,
    check,
    claim,
    estimate_of,
    estimate_text,
    estimate_texts,
    incident_of,
)
from samples import Tree

CASES = cases("""
joint originators are one voice | a r8 7+ jointly_with=b | total at least 7, no best
joint originators that do not all fit | a r8 1-10 jointly_with=b; b r8b 8-20 jointly_with=c; c r8 12-20
    | total 1-20, no best, unsettled
a stated value that one of two joint originators no longer states | a r8 2 women 0 jointly_with=c; a own9 3
    | total 2-3, no best, conflicting; women 0-3, no best
an open start above every closed end | a r8 9+; b r8 7 | total 7, or at least 9, no best, conflicting
an open start below a closed end | a r8 5+; b r8 7 | total 5-7, best 7, compatible
only a number without a source | paper own8 40 unstated | total 40, no best, unsourced
a number without a source closes nothing | paper own8 40 unstated; a r8 30+ | total 30-40 or more, no best
a number without a source widens the range | paper own8 dozens unstated; a r8 7 | total 7, or at least 24, best 7
a withdrawn account of its source counts against a dataset | ucdp und 10 based_on=sohr; sohr own8 10 withdrawn | nothing
a dataset alone | ucdp und 2 civilians 0 based_on=sohr | total 2, best 2; civilians 0, best 0
bests of parts that come to more than the whole | a r8 civilians 5; b r8 combatants 4; c r8 7
    | total 7, best 7; civilians 5, no best; combatants 4, no best
an unsettled originator beside another number | a r8 4; a r8b 9; b r8 12 | total 4-12, no best, unsettled
none, and one or more | a r8 0; b r8 1+ | total 0, or at least 1, no best, conflicting
a dataset based on a number without a source | ucdp und 10 based_on=paper; paper own8 12 unstated | total 10-12, best 10
""")


@pytest.mark.parametrize("name", CASES)
def test_envelope_of_voices(name: str) -> None:
    check(*CASES[name])


def override(best: int, group: str | None = None) -> dict[str, Any]:
    key = {"group": group} if group else {}
    return {"measure": "killed", **key, "best": best, "reason": "graves", "editor": "r1", "date": "2022-10-01"}


def test_an_editor_sets_a_best_where_the_method_gives_none() -> None:
    one = estimate_of(incident_of(claim("a", "r8", 6), claim("b", "r8", 8), overrides=[override(7)]))
    assert estimate_text(one) == "6-8, best 7, conflicting"
    assert one.basis == "editor"
    assert one.notes == ("best set by r1 on 2022-10-01: graves",)


def test_an_editor_gives_no_number_to_what_is_not_counted() -> None:
    of_wounded = override(7) | {"measure": "wounded"}
    assert estimate_texts(incident_of(claim("a", "r8", 6), overrides=[of_wounded])) == {
        "killed total": f"6, best 6, {SOLE}"
    }


def test_an_editors_best_is_of_the_incident_alone() -> None:
    of = incident_of(claim("a", "r8", 2, scope="house"), claim("a", "r8", 6), overrides=[override(5)])
    assert [(one.scope, one.best) for one in estimates(of)] == [("incident", 5), ("site:house", 2)]


def test_an_editors_best_of_a_part_is_never_dropped() -> None:
    parts = claim("a", "r8", {"total": 9, "civilians": {"between": [2, 9]}, "combatants": {"between": [2, 9]}})
    of = incident_of(parts, overrides=[override(7, "civilians"), override(7, "combatants")])
    assert [estimate_of(of, group).best for group in ("civilians", "combatants")] == [7, 7]


def basis(*claims: Tree, **more: Any) -> tuple[str | None, int | None]:
    one = estimate_of(incident_of(*claims, **more))
    return one.basis, one.best


def test_the_basis_says_where_best_comes_from() -> None:
    assert basis(claim("a", "r8", 7)) == ("sole_originator", 7)
    assert basis(claim("a", "r8", 7), claim("b", "r8", 7)) == ("intersection", 7)
    assert basis(claim("a", "r8", {"between": [2, 5]}), claim("b", "r8", {"between": [5, 9]})) == ("intersection", 5)
    assert basis(claim("a", "r8", {"between": [7, 7]})) == (None, None)
    assert basis(claim("a", "r8", 4), claim("b", "r8", 6), overrides=[override(5)]) == ("editor", 5)
    assert basis(claim("a", "r8", {"men": 7})) == (None, None)  # implied


def common(*claims: Tree, group: str = "total") -> tuple[int | None, int | None]:
    one = estimate_of(incident_of(*claims), group)
    return one.common_min, one.common_max


def test_the_common_range_is_open_where_no_end_is_given_and_empty_where_originators_differ() -> None:
    assert common(claim("a", "r8", at_least(4))) == (4, None)
    assert estimate_of(incident_of(claim("a", "r8", at_least(0)))).high_open
    assert common(claim("a", "r8", {"at_most": 9})) == (None, 9)
    assert common(claim("a", "r8", {"between": [4, 8]}), claim("b", "r8", {"between": [6, 9]})) == (6, 8)
    assert common(claim("a", "r8", 4), claim("b", "r8", 6)) == (None, None)
    assert common(claim("a", "r8", 4), claim("a", "r8b", 6)) == (None, None)
    assert common(claim("a", "r8", {"men": 7})) == (None, None)  # implied: no originator states the total


def test_the_common_range_is_empty_where_another_voice_closes_an_end_below_a_number() -> None:
    whole = [claim("a", "r8", at_least(2)), claim("b", "r8", 5)]
    parts = [claim("c", "r8", {"civilians": at_least(3)}), claim("d", "r8", {"civilians": 7})]
    assert common(*whole, *parts, group="civilians") == (None, None)


def test_joint_claims_are_used_once_and_name_all_their_originators() -> None:
    one = estimate_of(incident_of(claim("a", "r8", 7, jointly_with=["b"])))
    assert one.originators == ("a", "b")
    assert [form.claim.by for form in one.used_forms] == ["a"]
    assert [voice.originators for voice in one.voices] == [("a", "b")]
