"""Return freed memory to the system.

Prevents: a process that keeps the memory of its largest step, also in its forks.
"""

from __future__ import annotations

import sys
from contextlib import suppress


def empty_caches() -> None:
    """Empty the caches of limited size of this package's functions: few values among many that were freed keep the
    memory of all.
    """
    modules = [vars(module) for name, module in [*sys.modules.items()] if name.startswith("conflict_incidents.")]
    for value in [value for names in modules for value in names.values()]:
        if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"]:
            value.cache_clear()


def trim() -> None:
    """Return freed memory to the system, if the C library supports it (glibc)."""
    import ctypes  # which takes long to import

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
