"""Reports of findings for people and programs: one module per format.

To add a format, add a module with a function from findings and the number of checked files to text, and name it in
`PRINTERS`. The text does not depend on the order of the findings. Text from records never becomes markup, a CI command,
or a control character.
"""

from collections.abc import Callable, Sequence

from conflict_incidents.core.findings import Finding, Shown
from conflict_incidents.validation.reports.github import as_github
from conflict_incidents.validation.reports.json_ import as_json
from conflict_incidents.validation.reports.sarif import as_sarif
from conflict_incidents.validation.reports.text import as_errors, as_list, as_statistics, as_text

Printer = Callable[[Sequence[Finding], int], Shown]
"""Formats findings, given the number of checked files, as text without a final line break."""

PRINTERS: dict[str, Printer] = {"text": as_text, "json": as_json, "github": as_github, "sarif": as_sarif}
"""The formats by their names for `--format`."""

VIEWS: dict[str, Printer] = {"all": as_list, "quiet": as_errors, "statistics": as_statistics}
"""Further text views of `incidents validate`, by option."""

__all__ = ["PRINTERS", "VIEWS", "Printer", "as_text"]
