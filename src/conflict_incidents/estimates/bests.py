"""Drop the bests of disjoint parts that together exceed their whole (the end of section 6 of the method)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from conflict_incidents.estimates.estimate import Basis
from conflict_incidents.estimates.group import GroupEstimate
from conflict_incidents.records.counts import ROLES, SEVERITIES, SIDES

PARTITIONS = (
    ("total", (("civilians",), ("combatants", *SIDES), ("unknown_status",))),
    ("total", (("women",), ("men",), ("children", "girls", "boys"), ("unknown_sex_or_age",))),
    ("total", tuple((severity,) for severity in SEVERITIES)),
    *(("total", ((role,),)) for role in ROLES),
    ("combatants", tuple((side,) for side in SIDES)),
    ("children", (("girls",), ("boys",))),
    ("children", (("civilian_children",),)),
    ("civilians", (("civilian_children",),)),
)
"""Wholes and their disjoint parts: each part is a group, or the groups that make it up, if the group has no best."""
UNKNOWN_GROUPS = ("unknown_status", "unknown_sex_or_age")


def drop_bests(estimates: Mapping[str, GroupEstimate], best: dict[str, tuple[int | None, Basis | None]]) -> None:
    """Drop bests of disjoint parts whose sum exceeds their whole's best, or its closed high."""
    for whole, parts in partitions_of(frozenset(estimates)):
        groups = [group for part in parts for group in with_best(part, best)]
        added = [name for name in (whole, *groups) if estimates[name].has_relay_addition]
        for dropped in (added, [name for name in groups if name in UNKNOWN_GROUPS], groups):
            of_whole = best[whole][0]
            limit = estimates[whole].closed_end if of_whole is None else of_whole
            values = [best[name][0] or 0 for name in groups]
            if limit is None or sum(values) <= limit:
                break
            for name in dropped:
                if best[name][1] is not Basis.EDITOR:
                    note = f"no best: with the other parts it would be more than the {whole}, {limit}"
                    if name == whole:
                        note = "no best: the parts that its originator's own text gives would be more"
                    estimates[name].family.note(name, note)
                    best[name] = None, None


@lru_cache(maxsize=1024)
def partitions_of(groups: frozenset[str]) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Return the wholes among some groups, each with those of its parts that are represented among them."""
    return tuple(
        (whole, parts)
        for whole, parts in PARTITIONS
        if whole in groups and not groups.isdisjoint(group for part in parts for group in part)
    )


def with_best(part: tuple[str, ...], best: Mapping[str, tuple[int | None, Basis | None]]) -> list[str]:
    """Return the groups of a part that have a best: the first, or else those that make it up."""
    groups = [group for group in part if group in best and best[group][0] is not None]
    return groups[:1] if part[0] in groups else groups
