"""Show which claims each estimate of an incident uses, which it leaves out, and why; or the page of a rule."""

from __future__ import annotations

import argparse
import re

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_root, dataset_at, incident_at, rule_id
from conflict_incidents.core.findings import errors
from conflict_incidents.dataset.index_rows import stem_of
from conflict_incidents.estimates.explanation import explain
from conflict_incidents.pipeline import validate_paths
from conflict_incidents.validation import manual
from conflict_incidents.validation.reports import as_text
from conflict_incidents.validation.rules import RULES

_RULE = re.compile(r"[A-Za-z]*([0-9]*|[- ][0-9]{0,3})")
"""The form of a rule id; ids of incidents contain a date."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents explain`."""
    parser.add_argument("id", type=stem_of, metavar="ID or RULE", help="an incident's id or file, or a rule, as CNT003")
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Print the explanation; for an invalid record, print its findings instead."""
    if _RULE.fullmatch(options.id):
        rule = RULES[rule_id(options.id)]
        if not rule.page:
            raise CommandError("the pages of the rules are docstrings, which python -OO drops; run without -OO")
        print(manual.as_text(rule))
        return 0
    dataset = dataset_at(options.root)
    incident = incident_at(options.id, dataset)
    findings = errors(validate_paths([dataset.index.file(incident.path)], dataset).findings)
    if findings:
        print(as_text(findings, 1))
        return 1
    print(explain(incident))
    return 0
