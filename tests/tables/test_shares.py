"""Shares in percent: the rule on records and the check of tables give one answer."""

import random

import pytest

import whole_tables
from conflict_incidents import tables
from conflict_incidents.core.rule import RULES
from samples import Tree, aggregate, claim_of, record

GROUPS = ("total", "civilians", "combatants", "side_a", "unknown_status", "women", "men", "girls", "children", "medics")
NUMBERS = (0, 10, 20, 30, 40, 50, 60, 99, 100, 101)
WHOLES = ("everybody", "those who fled")


def percent(draw: random.Random) -> int | Tree:
    low, high = sorted(draw.choices(NUMBERS, k=2))
    forms: list[int | Tree] = [low, {"at_least": low}, {"at_most": high}, {"about": low}, {"between": [low, high]}]
    return draw.choice(forms)


def shares(draw: random.Random) -> list[Tree]:
    """A few shares, each of its own group and whole."""
    parts = draw.sample([(group, whole) for group in GROUPS for whole in WHOLES], k=draw.randint(1, 6))
    return [{"measure": "displaced", "group": group, "percent": percent(draw), "of": whole} for group, whole in parts]


def test_rule_and_tables_agree_on_shares() -> None:
    draw = random.Random(1)
    # A number of people beside the shares: it is no whole of theirs.
    claims = [{**claim_of(), "killed": 7, "displaced": 5, "shares": shares(draw)} for _ in range(400)]
    records = [record(aggregate(f"war-{number}", claims=[claim])) for number, claim in enumerate(claims)]
    ids = {one.id for one in records if RULES["CNT004"].run("", one, None)}
    assert 100 < len(ids) < 300
    frame = whole_tables.frames(records)["aggregate_claims"]
    with pytest.raises(tables.TableError) as excinfo:
        tables.validate(frame, "aggregate_claims", complete=True)
    assert {problem.row.split()[0] for problem in excinfo.value.problems} == ids
