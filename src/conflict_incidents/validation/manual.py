"""The manual of the rules: a page per rule, from its docstring, and a document with all pages, `docs/rules.md`.

`./scripts/generate` writes the document.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import groupby
from pkgutil import iter_modules
from typing import Any

from conflict_incidents.core.findings import Shown
from conflict_incidents.core.rule import Rule
from conflict_incidents.records.model import Assertions, ChangeNote, Named, Record, RuleSettings, Sourced, Waivers
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.yaml.raw_text import Unread
from conflict_incidents.validation import rules
from conflict_incidents.validation.rules import RULES
from conflict_incidents.validation.rules.waivers import waivable

DOCUMENT = "docs/rules.md"
"""The path of the manual in a checkout."""
WRITE = "./scripts/generate"
"""The command that writes it."""

_SUBJECTS = {
    Violation: "what the schema of the record refuses",
    Record: "every record",
    Unread: "the lines of a file that can't be read",
    Sourced: "incidents and aggregates",
    Waivers: "the list of waivers",
    Assertions: "the assertions on releases",
    RuleSettings: "the settings of rules",
    ChangeNote: "notes on changes",
    Named: "every record of a registry",
}
_SECTION = re.compile(r"^(Wrong|Right):\n", re.M)
_FAMILY = re.compile(r"([A-Z]{3}): (.+?)\.(?:\s|\Z)", re.S)


@dataclass(frozen=True, slots=True)
class Page:
    """A rule's page: its statement in one sentence, further details (may be empty), a wrong and a right example."""

    statement: str
    more: str
    wrong: str
    right: str


@cache
def page(rule: Rule[Any]) -> Page:
    """Parse a rule's page."""
    text, *sections = _SECTION.split(rule.page)
    blocks = [inspect.cleandoc(f"\n{block}").strip("\n") for block in sections[1::2]]
    examples = dict(zip(sections[::2], blocks, strict=True))
    statement, _, more = text.strip().partition("\n\n")
    return Page(statement, more, examples.get("Wrong", ""), examples.get("Right", ""))


@cache
def families() -> dict[str, str]:
    """Return the subjects of the families of rules by id, three letters: from the docstrings of their modules."""
    subjects: dict[str, str] = {}
    for module in sorted(module.name for module in iter_modules(rules.__path__)):
        described = _FAMILY.match(inspect.getdoc(import_module(f"{rules.__name__}.{module}")) or "")
        if described:
            id, subject = (" ".join(part.split()) for part in described.groups())
            subjects.setdefault(id, subject)
    return subjects


def family(rule: Rule[Any]) -> str:
    """Return the subject of a rule's family."""
    return families().get(rule.id[:3], rule.id[:3])  # `python -OO` drops the docstrings


def subject(rule: Rule[Any]) -> str:
    """Describe the records that a rule applies to."""
    kinds = rule.on or rule.across
    if not kinds:
        return "the file, before there is a record" if rule.id.startswith("REC") else "what became of the dataset"
    return ", ".join(_SUBJECTS.get(kind, f"{kind.__name__.lower()}s") for kind in kinds)


def waiver(rule: Rule[Any]) -> str:
    """Describe in Markdown how to waive a finding of a rule, or that it can't be waived."""
    if rule.id in waivable():
        return f"`{{rule: {rule.id}, record: …, reason: …, date: …, by: …}}` under `waivers` in `data/waivers.yaml`"
    if rule.id in waivable(privacy=True):
        return f"`{{rule: {rule.id}, …, by: …, reviewer: …}}` under `privacy` in `data/waivers.yaml`"
    return "none; the record has to be repaired"


def as_text(rule: Rule[Any]) -> Shown:
    """Format a rule's page for a terminal."""
    facts = {
        "family": f"{rule.id[:3]}, {family(rule)}",
        "judges": subject(rule),
        "waiver": waiver(rule).replace("`", ""),
    }
    lines = [f"{key}: {fact}" for key, fact in facts.items()]
    return Shown("\n".join([f"{rule.id} ({rule.severity})", rule.page, "", *lines]))


def as_markdown(rule: Rule[Any]) -> str:
    """Format a rule's page in Markdown, without a heading."""
    text = page(rule)
    facts = f"{rule.severity.capitalize()}. Judges {subject(rule)}. Waiver: {waiver(rule)}."
    examples = [f"{word}:\n\n```yaml\n{yaml}\n```" for word, yaml in (("Wrong", text.wrong), ("Right", text.right))]
    return "\n\n".join([f"**{text.statement}**", facts, *([text.more] if text.more else []), *examples])


def document() -> str:
    """Return the whole manual in Markdown: contents by family, and a heading for each rule with its id as anchor."""
    by_family = groupby(map(RULES.__getitem__, sorted(RULES)), lambda rule: rule.id[:3])
    grouped = [(id, families()[id], list(rules_of_family)) for id, rules_of_family in by_family]
    lines = [
        "# The rules",
        f"<!-- Generated from the docstrings of the rules by `{WRITE}`; to change a page, change its docstring. -->",
        "An error refuses a record, a warning asks a reviewer to look. `incidents explain CNT003` prints a page in the "
        "terminal, `incidents validate --statistics` counts the findings of each rule, and `--rule CNT003 --all` lists "
        "those of one. [CONTRIBUTING](../CONTRIBUTING.md) says how a rule is waived for a record, or turned off for a "
        "dataset in `data/rules.yaml`, [development](development.md#add-a-rule) how one is added.",
    ]
    contents: list[str] = []
    for id, subject, rules_of_family in grouped:
        contents.append(f"- [{id}](#{id.lower()}): {subject}")
        contents += [f"    - [{rule.id}](#{rule.id.lower()}) {page(rule).statement}" for rule in rules_of_family]
    lines.append("\n".join(contents))
    for id, subject, rules_of_family in grouped:
        lines += [f"## {id}", f"{subject[0].upper()}{subject[1:]}."]
        for rule in rules_of_family:
            lines += [f"### {rule.id}", as_markdown(rule)]
    return "\n\n".join(lines) + "\n"
