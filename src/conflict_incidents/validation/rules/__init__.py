"""The rules: one module per family or topic, one function per rule.

To add a rule, write a generator function with its docstring in the file of its family and give it the decorator
`@rule("XYZ001", Severity.ERROR, on=Incident)`; its cases go into `tests/validation/rules/XYZ001.yaml`. Every
module of this package is imported here.

A rule on `Violation` gives the message for a violation of the schema; a rule on a record type checks the record.
"""

from importlib import import_module
from pkgutil import iter_modules

from conflict_incidents.core.rule import RULES

__all__ = ["RULES"]

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
