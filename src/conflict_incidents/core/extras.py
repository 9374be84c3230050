"""Extras of the package: the extra that installs each library, and the message for a missing one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

EXTRAS = {
    **dict.fromkeys(("pooch", "requests", "filelock"), "fetch"),
    **dict.fromkeys(("yaml", "jsonschema_rs", "rapidfuzz", "platformdirs", "langcodes", "pycountry"), "validate"),
    **dict.fromkeys(
        ("slugify", "phonenumbers", "hijridate", "persiantools", "text_to_num", "shtab", "rich"), "validate"
    ),
    **dict.fromkeys(("pandera", "frictionless", "xlsxwriter"), "build"),
    **dict.fromkeys(("charset_normalizer", "openpyxl"), "import"),
    **dict.fromkeys(("matplotlib", "adjustText"), "pictures"),
    **dict.fromkeys(("jinja2", "markdown_it", "markupsafe"), "site"),
    **{"polars": "polars", "distributed": "dask", "fsspec": "dask"},
}
"""The extra that brings a library, by the name that it is imported by."""


INCLUDES = {
    "build": ("validate", "fetch"),
    "import": ("validate",),
    "pictures": ("validate",),
    **dict.fromkeys(("site", "dask"), ("build", "validate", "fetch")),
}
"""The extras that an extra brings with it."""


class MissingExtra(ModuleNotFoundError):
    """A library isn't installed that an extra of this package brings; the message says how to get it."""


def sentence(error: ModuleNotFoundError, extra: str = "") -> str | None:
    """What to say where a library isn't installed; None where no extra brings it.

    Args:
        error: what the import raised.
        extra: the extra that brings all that is needed, where that is known; otherwise that of the library.
    """
    library = (error.name or "").partition(".")[0]
    if library not in EXTRAS:
        return None
    brings = EXTRAS[library]
    named = extra if brings in INCLUDES.get(extra, ()) else brings
    return f"{library} isn't installed: pip install 'conflict-incidents[{named}]'"


@contextmanager
def needed(extra: str = "") -> Iterator[None]:
    """Ask for an extra where what is imported inside isn't installed.

    Raises:
        MissingExtra: a library of an extra isn't installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if told := sentence(error, extra):
            raise MissingExtra(told, name=error.name) from None
        raise
