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
from conflict_incidents.records.model import Assertions, ChangeNote, Record, RuleSettings, Sourced, Waivers
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


@dataclass(frozen=True, slots=True)
class Family:
    """A family of rules: the common prefix of their ids (three letters), and their subject."""

    id: str
    subject: str


@cache
def page(rule: Rule[Any]) -> Page:
    """Parse a rule's page."""
    text, *sections = _SECTION.split(rule.page)
    examples = dict(zip(sections[::2], map(_dedent, sections[1::2]), strict=True))
    statement, _, more = text.strip().partition("\n\n")
    return Page(statement, more, examples.get("Wrong", ""), examples.get("Right", ""))


@cache
def families() -> dict[str, Family]:
    """Return the families by id, described by the docstrings of the modules of their rules."""
    found: dict[str, Family] = {}
    for module in sorted(module.name for module in iter_modules(rules.__path__)):
        described = _FAMILY.match(inspect.getdoc(import_module(f"{rules.__name__}.{module}")) or "")
        if described:
            id, subject = (" ".join(part.split()) for part in described.groups())
            found.setdefault(id, Family(id, subject))
    return found


def family(rule: Rule[Any]) -> Family:
    """Return the family of a rule."""
    id = rule.id[:3]
    return families().get(id) or Family(id, id)  # `python -OO` drops the docstrings


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
        "family": f"{rule.id[:3]}, {family(rule).subject}",
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
    known = families()
    grouped = [
        (known[id], list(found))
        for id, found in groupby(map(RULES.__getitem__, sorted(RULES)), lambda rule: rule.id[:3])
    ]
    lines = [
        "# The rules",
        f"<!-- Generated from the docstrings of the rules by `{WRITE}`; to change a page, change its docstring. -->",
        "An error refuses a record, a warning asks a reviewer to look. `incidents explain CNT003` prints a page in the "
        "terminal, `incidents validate --statistics` counts the findings of each rule, and `--rule CNT003 --all` lists "
        "those of one. [CONTRIBUTING](../CONTRIBUTING.md) says how a rule is waived for a record, or turned off for a "
        "dataset in `data/rules.yaml`, [development](development.md#add-a-rule) how one is added.",
    ]
    contents: list[str] = []
    for one, found in grouped:
        contents.append(f"- [{one.id}](#{one.id.lower()}): {one.subject}")
        contents += [f"    - [{rule.id}](#{rule.id.lower()}) {page(rule).statement}" for rule in found]
    lines.append("\n".join(contents))
    for one, found in grouped:
        lines += [f"## {one.id}", f"{one.subject[0].upper()}{one.subject[1:]}."]
        for rule in found:
            lines += [f"### {rule.id}", as_markdown(rule)]
    return "\n\n".join(lines) + "\n"


def _dedent(block: str) -> str:
    return inspect.cleandoc("\n" + block).strip("\n")
