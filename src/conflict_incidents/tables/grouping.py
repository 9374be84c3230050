"""Keys to group incidents by: periods and administrative units."""

from __future__ import annotations

from typing import Any

import pandas as pd

from conflict_incidents.tables.frame_columns import AnalysisError, require_columns, whole_numbers

PERIODS = {"year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D"}
"""Periods that `by` groups by, with their frequencies in pandas; weeks begin on Monday."""
UNITS = {"adm1": 1, "adm2": 2, "adm3": 3}
"""Administrative units that `by` groups by, with their levels."""
IDENTITY = "identity of the {}"
"""A column to group by that the result omits."""


def period_of(table: pd.DataFrame, key: str) -> pd.Series[Any]:
    """Return the year, or the first day of the period, of each incident known to be within one; else NA."""
    require_columns(table, ["date_from", "date_to"], f"which `{key}` needs; load it too")
    try:
        first, last = (
            pd.to_datetime(table[name].astype("datetime64[us]")).dt.to_period(PERIODS[key])
            for name in ("date_from", "date_to")
        )
    except (TypeError, ValueError) as error:
        raise AnalysisError(f"date_from and date_to aren't dates: {error}") from error
    period = pd.Series(first.dt.year.astype("Int64") if key == "year" else first.dt.to_timestamp(), index=table.index)
    return period.where((first == last).to_numpy())


def unit_of(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return p-code and name of the unit that contains all sites of each incident; else NA.

    A name without a p-code is distinguished from its namesakes by the country and the units above.
    """
    code, name = f"{key}_pcode", f"{key}_name"
    require_columns(table, [code, name, "shared_adm_level"], f"which `{key}` needs; load it too")
    level = whole_numbers(table["shared_adm_level"])
    within = (level >= UNITS[key]).fillna(False).astype(bool)
    codes, names = (table[column].astype("string").where(within) for column in (code, name))
    above = [f"adm{number}_name" for number in range(1, UNITS[key])]
    own = names
    for column in ("country", *above):
        own = own + "\n" + table[column].astype("string").fillna("") if column in table.columns else own
    identity = codes.fillna(own)
    spelling = names.groupby(identity, dropna=True).transform("min") if identity.notna().any() else names
    return pd.DataFrame({code: codes, name: spelling, IDENTITY.format(key): identity})
