"""Run the rules across records: index row → findings."""

from __future__ import annotations

from functools import cache
from typing import Any

from conflict_incidents.core.findings import Finding
from conflict_incidents.core.rule import Rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import IndexRow, Others
from conflict_incidents.pipeline.process import with_severity
from conflict_incidents.records.model import KINDS
from conflict_incidents.validation.rules import RULES
from conflict_incidents.validation.rules.rule_settings import IGNORE, severities


def combine(row: IndexRow, others: Others, dataset: Dataset) -> list[Finding]:
    """Return the sorted findings of the rules across records, given the record's row and the rows looked up in
    `others`.
    """
    findings: list[Finding] = []
    configured = severities(dataset.rule_settings)
    for rule in _rules_across(row.kind):
        severity = configured.get(rule.id)
        if severity != IGNORE and (found := rule.run_between(row.path, row, others)):
            findings += with_severity(found, severity)
    return sorted(set(findings)) if findings else []


@cache
def _rules_across(kind: str) -> tuple[Rule[Any], ...]:
    return tuple(rule for rule in RULES.values() if rule.across and issubclass(KINDS[kind].record, rule.across))
