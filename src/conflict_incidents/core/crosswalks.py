"""Our words for precision, clarity and kind against those of UCDP GED and ACLED; importers and exporters share them."""

from __future__ import annotations

from collections.abc import Mapping

UCDP_WHERE_PREC = {
    "exact": "1",
    "near": "2",
    "adm3": "3",  # UCDP has no level below the second
    "adm2": "3",
    "adm1": "4",
    "area": "5",
    "country": "6",
    "airspace": "7",
}
"""Precision of a site → `where_prec`."""
UCDP_DATE_PREC = {"day": "1", "days": "2", "week": "3", "month": "4", "year": "5"}
"""Precision of a date → `date_prec`."""
UCDP_VIOLENCE = {"state_based": "1", "non_state": "2", "one_sided": "3"}
"""Type of violence → `type_of_violence`."""
UCDP_NOT_LISTED = -1
"""The `number_of_sources` of a row that lists no article."""
UCDP_CLARITY = {"clear": "1", "summary": "2"}
"""Clarity → `event_clarity`."""

ACLED_GEO_PRECISION = {"exact": "1", "near": "2", "adm3": "2", "adm2": "3", "adm1": "3"}
"""Precision of a site → `geo_precision`; ACLED places nothing that is known less closely than by a region."""
ACLED_TIME_PRECISION = {"day": "1", "days": "2", "week": "2", "month": "3"}
"""Precision of a date → `time_precision`; ACLED dates nothing that is known less closely than by a month."""

_EXPLOSIONS, _BATTLES, _CIVILIANS = "Explosions/Remote violence", "Battles", "Violence against civilians"
_STRATEGIC = "Strategic developments"
ACLED_EVENTS = {
    "airstrike": (_EXPLOSIONS, "Air/drone strike"),
    "drone_strike": (_EXPLOSIONS, "Air/drone strike"),
    "shelling": (_EXPLOSIONS, "Shelling/artillery/missile attack"),
    "missile_strike": (_EXPLOSIONS, "Shelling/artillery/missile attack"),
    "ground_to_ground_attack": (_EXPLOSIONS, "Shelling/artillery/missile attack"),
    "bombing": (_EXPLOSIONS, "Remote explosive/landmine/IED"),
    "landmine": (_EXPLOSIONS, "Remote explosive/landmine/IED"),
    "unexploded_ordnance": (_EXPLOSIONS, "Remote explosive/landmine/IED"),
    "suicide_bombing": (_EXPLOSIONS, "Suicide bomb"),
    "chemical_attack": (_EXPLOSIONS, "Chemical weapon"),
    "clash": (_BATTLES, "Armed clash"),
    "ambush": (_BATTLES, "Armed clash"),
    "execution": (_CIVILIANS, "Attack"),
    "torture": (_CIVILIANS, "Attack"),
    "abduction": (_CIVILIANS, "Abduction/forced disappearance"),
    "detention": (_STRATEGIC, "Arrests"),
    "arson": (_STRATEGIC, "Looting/property destruction"),
    "demolition": (_STRATEGIC, "Looting/property destruction"),
}
"""Kind → `event_type` and `sub_event_type`. Kinds that leave open who was attacked (`shooting`, `sniper_fire`), or how,
have no type of ACLED's: it would say more than the record does."""


def words(table: Mapping[str, str]) -> dict[str, str]:
    """The way back: their code → our word; where two words share a code, the later one of the table."""
    return {code: word for word, code in table.items()}
