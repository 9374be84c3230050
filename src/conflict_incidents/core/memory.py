"""Return freed memory to the system.

Prevents: a process that keeps the memory of its largest step, also in its forks.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import _lru_cache_wrapper


def empty_caches() -> None:
    """Empty the caches of limited size of this package's functions: few values among many that were freed keep the
    memory of all.
    """
    for name, module in [*sys.modules.items()]:
        for value in vars(module).values() if name.startswith("conflict_incidents.") else ():
            if isinstance(value, _lru_cache_wrapper) and value.cache_info().maxsize:
                value.cache_clear()


def trim() -> None:
    """Return freed memory to the system, if the C library supports it (glibc)."""
    import ctypes  # which takes long to import

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
