"""Block imports of libraries that aren't allowed, as if they weren't installed; call `allow_only` before other imports.

Optional dependencies of the allowed libraries are blocked as well.
"""

import importlib.machinery
import sys
import sysconfig
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

CLIENT = ("pandas", "pyarrow", "numpy", "dateutil", "six", "pytz", "tzdata")
"""pandas, pyarrow and their dependencies."""


class ImportGuard(MetaPathFinder):
    """A finder that raises for installed libraries that aren't allowed, and finds nothing itself."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = {"conflict_incidents", *allowed}
        self.paths = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None) -> None:
        if path is None and name not in self.allowed and importlib.machinery.PathFinder.find_spec(name, self.paths):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def allow_only(*allowed: str) -> None:
    """Block all libraries except those named."""
    sys.meta_path.insert(0, ImportGuard(allowed))
