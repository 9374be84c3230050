"""The rules: one file a family, one small function a rule.

To add a rule, write a generator function with its docstring in the file of its family and give it the decorator
`@rule("XYZ001", Severity.ERROR, on=Incident)`; its cases go into `tests/validation/rules/XYZ001.yaml`. Nothing else
needs touching: every module of this folder is imported here.

A rule on `Violation` words what the schema found; a rule on a record type judges the record, with the dataset around.
"""

from importlib import import_module
from pkgutil import iter_modules

from conflict_incidents.core.rule import RULES

__all__ = ["RULES"]

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
