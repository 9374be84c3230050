"""Agreement between originators: how many stand behind a number, and how often two that count the same agree.

Two are compared where both count the same measure and group of the same incident, each by the one claim that the
estimate rests on. Prevents: relays of one originator passing for agreement, and a number without a second opinion for
one that was confirmed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

MANY = 3
"""From so many originators on, incidents are counted together."""
_ESTIMATE = ["incident_id", "measure", "group"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of originators: `same`, they give the same number or range; `overlap`, one number fits both; `conflict`."""

    same: int
    overlap: int
    conflict: int

    @property
    def all(self) -> int:
        """How many were compared."""
        return self.same + self.overlap + self.conflict


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who stands behind the numbers.

    `behind` says of how many incidents the number of killed rests on no originator (it is unknown), one, two, and so
    on; the last counts as many and more. `sole` has each originator that is alone behind the killed of incidents, by
    name, most often first. `numbers` has the pairs for each measure and group, `originators` for each two by name.
    """

    incidents: int
    behind: tuple[int, ...]
    sole: tuple[tuple[str, int], ...]
    compared: int
    pairs: Pairs
    numbers: tuple[tuple[tuple[str, str], Pairs], ...]
    originators: tuple[tuple[tuple[str, str], Pairs], ...]


def agreement(
    incidents: pd.DataFrame,
    estimates: pd.DataFrame,
    estimate_claims: pd.DataFrame,
    claims: pd.DataFrame,
    organisations: pd.DataFrame,
) -> Agreement:
    """Who stands behind the numbers of incidents.

    Args:
        incidents: standing rows of the table `incidents`.
        estimates: the table of this name, as are the next.
    """
    names = dict(zip(organisations["organisation_id"].astype(str), organisations["name"].astype(str), strict=True))
    behind = incidents["killed_originators"].fillna(0).clip(upper=MANY).astype(int)
    found = _compared(incidents, estimate_claims, claims)
    by_number = sorted(_counted(found, ["measure", "group"]).items(), key=lambda item: (-item[1].all, item[0]))
    by_two = [
        ((names.get(one, one), names.get(other, other)), pairs)
        for (one, other), pairs in _counted(found, ["originator_id", "originator_id_other"]).items()
    ]
    return Agreement(
        incidents=len(incidents),
        behind=tuple(int((behind == number).sum()) for number in range(MANY + 1)),
        sole=_sole(incidents, estimates, names),
        compared=int(found["incident_id"].nunique()),
        pairs=Pairs(*(int((found["relation"] == number).sum()) for number in range(3))),
        numbers=tuple(by_number),
        originators=tuple(sorted(by_two, key=lambda item: (-item[1].all, item[0]))),
    )


def _sole(incidents: pd.DataFrame, estimates: pd.DataFrame, names: dict[str, str]) -> tuple[tuple[str, int], ...]:
    """Each originator that is alone behind the killed of incidents, with their number."""
    killed = estimates[
        (estimates["scope"] == "incident") & (estimates["measure"] == "killed") & (estimates["group"] == "total")
    ]
    alone = killed[(killed["originators"] == 1) & killed["incident_id"].isin(incidents["incident_id"])]
    often = Counter(alone["originator_ids"].astype(str))
    named = [(names.get(one, one), number) for one, number in often.items()]
    return tuple(sorted(named, key=lambda item: (-item[1], item[0])))


def _compared(incidents: pd.DataFrame, estimate_claims: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """A row for each two originators of one number, with `relation`: 0 the same, 1 overlap, 2 conflict."""
    used = estimate_claims[
        estimate_claims["used"].fillna(False).astype(bool)
        & (estimate_claims["scope"] == "incident")
        & estimate_claims["incident_id"].isin(incidents["incident_id"])
    ]
    used = used[used["claim_group"].astype(str) == used["group"].astype(str)]
    keys = [*_ESTIMATE, "claim_id"]
    said = claims.loc[claims["bound"] != "no_information", [*keys, "originator_id", "min", "max"]]
    rows = _plain(used[keys]).merge(_plain(said), on=keys)
    rows["min"] = rows["min"].astype("Float64").fillna(0).astype(float)
    rows["max"] = rows["max"].astype("Float64").fillna(np.inf).astype(float)
    twice = rows.duplicated(_ESTIMATE, keep=False)
    both = rows[twice].merge(rows[twice], on=_ESTIMATE, suffixes=("", "_other"))
    both = both[both["originator_id"] < both["originator_id_other"]].reset_index(drop=True)
    same = (both["min"] == both["min_other"]) & (both["max"] == both["max_other"])
    apart = (both["max"] < both["min_other"]) | (both["max_other"] < both["min"])
    both["relation"] = np.select([same, apart], [0, 2], 1)
    return both


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with text in place of categories, whose levels may differ from table to table."""
    return frame.astype({name: object for name in frame.columns if name not in {"min", "max"}})


def _counted(both: pd.DataFrame, keys: list[str]) -> dict[tuple[str, str], Pairs]:
    """The pairs of each group."""
    often = Counter(zip(*(both[key].astype(str) for key in keys), both["relation"], strict=True))
    found = sorted({(first, second) for first, second, _ in often})
    return {
        (first, second): Pairs(*(often[first, second, relation] for relation in range(3))) for first, second in found
    }
