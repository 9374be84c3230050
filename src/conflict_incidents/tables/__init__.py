"""Convert records to the tables of a release, as data frames with exact types, and validate frames against the
contract.

`datapackage.json` declares tables and columns; the decorator `fills` marks the function that fills a table.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conflict_incidents.tables.checks import TableError, dangling, duplicates_counted_twice, validate

__all__ = ["TableError", "dangling", "duplicates_counted_twice", "validate"]


def __getattr__(name: str) -> Any:
    """Import the module that validates tables on first use: loading a release doesn't need it."""
    if name in __all__:
        return getattr(import_module("conflict_incidents.tables.checks"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
