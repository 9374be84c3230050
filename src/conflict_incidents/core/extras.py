"""Extras of the package: the extra that installs each library, and the message for a missing one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conflict_incidents.core.redaction import Shown
from conflict_incidents.core.resources import csv_rows

EXTRAS = {row["library"]: row["extra"] for row in csv_rows(__file__, "extras.csv")}
"""The extra that installs a library, by import name."""


INCLUDES = {
    "build": ("validate", "fetch"),
    "import": ("validate",),
    "pictures": ("validate",),
    **dict.fromkeys(("site", "dask"), ("build", "validate", "fetch")),
}
"""The extras included in an extra."""


class MissingExtra(ModuleNotFoundError):
    """A library of an extra isn't installed; the message says how to install it."""


def sentence(error: ModuleNotFoundError, extra: str = "") -> Shown | None:
    """Return the message for a missing library; None if no extra installs it.

    Args:
        error: the error of the import.
        extra: the extra to name; by default that of the library.
    """
    library = (error.name or "").partition(".")[0]
    if library not in EXTRAS:
        return None
    brings = EXTRAS[library]
    name = extra if brings in INCLUDES.get(extra, ()) else brings
    return Shown(f"{library} isn't installed: pip install 'conflict-incidents[{name}]'")


@contextmanager
def require_extra(extra: str = "") -> Iterator[None]:
    """Raise `MissingExtra` for an import inside the block that fails.

    Raises:
        MissingExtra: a library of an extra isn't installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if message := sentence(error, extra):
            raise MissingExtra(message, name=error.name) from None
        raise
