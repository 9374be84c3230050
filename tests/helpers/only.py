"""Refuse every library that isn't named, as if it weren't installed. To be run before all others: `python -c` or -m.

What the named libraries themselves import where it is there, and do without where it isn't, is refused as well.
"""

import importlib.machinery
import sys
import sysconfig
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

CLIENT = ("pandas", "pyarrow", "numpy", "dateutil", "six", "pytz", "tzdata")
"""pandas and pyarrow, and what they need."""


class Only(MetaPathFinder):
    """Finds nothing; raises for a library that isn't among the named ones."""

    def __init__(self, named: Sequence[str]) -> None:
        self.named = {"conflict_incidents", *named}
        self.installed = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None) -> None:
        if path is None and name not in self.named and importlib.machinery.PathFinder.find_spec(name, self.installed):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def allow(*named: str) -> None:
    """Refuse all but the named libraries from here on."""
    sys.meta_path.insert(0, Only(named))
