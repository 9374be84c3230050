"""REV, rule settings: rules disabled or with another severity, in `data/rules.yaml`.

`severities` returns the valid settings, which validation applies to findings in records. Violations of a schema remain
errors: invalid values are removed from the record, and would otherwise be missing from the release unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cache

from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.rule import RULES, Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import RuleSettings
from conflict_incidents.records.schema import Violation
from conflict_incidents.validation.rules.revisions import gives_no_reason
from conflict_incidents.validation.rules.waivers import PRIVACY, waivable

IGNORE = "ignore"
"""The severity of a disabled rule."""


def severities(settings: RuleSettings | None) -> dict[str, str]:
    """Return the configured severities by rule: `error`, `warning` or `IGNORE`; invalid settings are skipped."""
    rules = settings.rules if settings else ()
    return {one.rule: one.severity for one in rules if one.rule in _configurable_rules(one.severity)}


@cache
def _configurable_rules(severity: str) -> Set[str]:
    """Return the ids of the rules that may have a severity."""
    on_records = {id for id, rule in RULES.items() if rule.across or set(rule.on) - {Violation}}
    return on_records if severity == Severity.ERROR else on_records & waivable()


@rule("REV011", Severity.ERROR, on=(Violation, RuleSettings))
def rule_configurable(subject: Violation | RuleSettings, dataset: Dataset) -> Iterator[Problem]:
    """A rule is disabled, or its severity changed, once and with a reason; not a rule on privacy or form.

    `ignore` disables a rule for every record, `warning` and `error` change its severity. Rules on privacy, on form, and
    against double counting can only be raised to `error`. Violations of a schema remain errors. For a single record,
    see REV002.

    Wrong:
        rules:
          - {rule: PRV003, severity: ignore, reason: The numbers are public.}

    Right:
        rules:
          - {rule: CNT015, severity: ignore, reason: All sources round to hundreds.}
    """
    if isinstance(subject, Violation):
        yield Problem(
            subject.at, f"{subject.name} is missing the key `{subject.expectation}`; add it, or delete the entry"
        )
        return
    seen: dict[str, int] = {}
    for one in subject.rules:
        if one.rule and one.rule not in RULES:
            yield Problem(one.at("rule"), f"there is no rule {show(one.rule)}{suggestion(one.rule, RULES)}")
        elif one.rule and one.severity and one.rule not in _configurable_rules(one.severity):
            privacy = Shown(" is a rule on privacy, and" if one.rule.startswith(PRIVACY) else "")
            yield Problem(one.at("rule"), f"{bare(one.rule)}{privacy} can't be turned off or lowered; delete the entry")
        if gives_no_reason(one.text("reason")):
            yield Problem(
                one.at("reason"), "the reason is a placeholder; write in a few words why the dataset needs this"
            )
        if one.rule in seen:
            yield Problem(one.mark, f"duplicate entry for {bare(one.rule)} (first on line {seen[one.rule]}); keep one")
        seen.setdefault(one.rule, one.mark.line)
