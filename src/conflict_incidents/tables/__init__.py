"""Records → the tables of a release, as data frames with exact types; and the check of any frame against the contract.

`datapackage.json` declares tables and columns; the decorator `fills` marks the function that fills a table.
"""

from __future__ import annotations

from conflict_incidents.tables.builder import frames, in_release
from conflict_incidents.tables.checks import TableError, TableProblem, dangling, doubled, validate

__all__ = ["TableError", "TableProblem", "dangling", "doubled", "frames", "in_release", "validate"]
