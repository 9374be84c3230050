"""Problems found in a table, by row and column."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from conflict_incidents.tables.contract import Table


@dataclass(frozen=True, slots=True, order=True)
class TableProblem:
    """A problem in a table: row (by key; empty for the whole table), column and description."""

    row: str
    column: str
    what: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.column} {self.what}" if self.row else f"{self.column} {self.what}"


def row_name(df: pd.DataFrame, table: Table, position: int) -> str:
    """Return a row's primary key if the frame has it; else its position, from 1."""
    if table.key and set(table.key) <= set(df.columns):
        return " ".join(str(df[name].iloc[position]) for name in table.key)
    return str(position + 1)
