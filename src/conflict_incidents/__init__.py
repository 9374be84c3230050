"""Armed-conflict incidents: strict records in, validated tables out.

For analysts, three functions are the whole face of the package: `load` gives one table of a release as a data frame
with exact types, `load_all` gives every table, and `tables.validate` checks a frame of your own against the same
contract. They are imported on first use, so that the command line stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conflict_incidents import tables
    from conflict_incidents.loading import load, load_all

__version__ = "0.1.0"
__all__ = ["__version__", "load", "load_all", "tables"]


def __getattr__(name: str) -> Any:
    if name in {"load", "load_all"}:
        return getattr(import_module("conflict_incidents.loading"), name)
    if name == "tables":
        return import_module("conflict_incidents.tables")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
