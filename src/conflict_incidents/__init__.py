"""Armed-conflict incidents: validated records, estimates and tables.

The public API for analysts: `load` reads a table of a release as a data frame with exact types, `load_all` reads all
tables, `verify` checks a whole release, and `cite` returns its citation. `total`, `by` and `share` count each
incident once and keep unknown apart from zero; `explode` gives each item of a cell its own row; `tables.validate`
checks a frame against the contract. They are imported on first use, so that the command line starts fast.
"""

TYPE_CHECKING = False  # as in typing; whatever is imported here can be interrupted, with a traceback
if TYPE_CHECKING:
    from typing import Any

    from conflict_incidents import tables
    from conflict_incidents.core.version import __version__
    from conflict_incidents.release.loading import citation, cite, load, load_all
    from conflict_incidents.release.verify import verify
    from conflict_incidents.tables.totals import by, explode, share, total

__all__ = ["__version__", "by", "citation", "cite", "explode", "load", "load_all", "share", "tables", "total", "verify"]
_FACE = {
    **dict.fromkeys(("load", "load_all", "cite", "citation"), "release.loading"),
    **dict.fromkeys(("total", "by", "share", "explode"), "tables.totals"),
    "verify": "release.verify",
    "__version__": "core.version",
}
"""The module of each public name."""


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name in _FACE:
        return getattr(import_module(f"conflict_incidents.{_FACE[name]}"), name)
    if name == "tables":
        return import_module("conflict_incidents.tables")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
