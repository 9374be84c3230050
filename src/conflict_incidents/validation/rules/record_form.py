"""REC: the form of a record: encoding, YAML, schema and layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import Severity, Shown, bare, placeholder, show
from conflict_incidents.core.names import fold_and_join, is_placeholder
from conflict_incidents.core.rule import MAX_WORD_LENGTH, Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.suggestions import REGISTRY_OF
from conflict_incidents.records.cells import as_yaml, possible_counts
from conflict_incidents.records.counts import GROUPS, MEASURES, TELLTALE, Bound
from conflict_incidents.records.dates import POSSIBLE_SENTINELS, SENTINELS
from conflict_incidents.records.model import (
    ASSERTIONS,
    FOLDERS,
    NOTES,
    RULES_FILE,
    WAIVERS,
    Assertions,
    ChangeNote,
    Incident,
    Record,
    RuleSettings,
    Sourced,
    Waivers,
    kind_of,
)
from conflict_incidents.records.schema import Violation, keys_with, subschema_at
from conflict_incidents.records.vocabulary import key_before, meant_key, meant_value
from conflict_incidents.records.yaml.nodes import ScalarNode, SequenceNode, mark_of
from conflict_incidents.records.yaml.parser import FOLDED_BLOCK, UNUSUAL
from conflict_incidents.validation.rules.claims_quotations import quoted_numbers, stated_numbers

_SIGNS = frozenset("=+@-\uff1d\uff0b\uff20\uff0d")
"""The characters, in both widths, at the start of a cell that a spreadsheet evaluates."""
_FORMULA = re.compile(r"(?![+\uff0b-]?[0-9 .,:%/-]*$)..")
"""Such a character followed by more, unless it is a number."""
BARE = frozenset({"title", "name", "text", "editor", "reviewer"})
"""Keys whose text never needs to begin with such a character."""

_COPY = re.compile(r"(?i) ?\([0-9]+\)|[ _-]*(?:copy|copie|kopie|backup|bak|old|orig)[ 0-9()]*")
"""What file managers and people add to the name of a copy."""
_MISREAD = re.compile(
    "[\u00c2\u00c3\u00d0\u00d1\u00d8\u00d9][\u0080-\u00bf\u0152-\u0192\u2013-\u203a\u20ac\u2122]|\u00e2\u20ac|\ufffd"
)
"""UTF-8 that was read as Latin-1, as in `CafÃ©`."""
_TO_DO = re.compile(r"\b(?:TODO|FIXME|TBD)\b")
"""Reminders of the author."""
_LOST = "???"
"""Letters that an export replaced."""
ZERO_WORDS = frozenset({"no", "nobody", "none", "nil"})
"""Words that people write for 0, and programs for a missing value."""
EXACT = frozenset({"exact", "exactly", "number", "count", "equal", "equals", "is"})
"""Keys that people use for a number without a bound."""


@rule("REC003", Severity.ERROR, on=Violation)
def known_schema(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A record names a schema that this version supports.

    Keys may have another meaning in another schema.

    Wrong:
        schema: incident/9

    Right:
        schema: incident/1
    """
    known = ", ".join([show(name) for name in violation.options])
    seen = Shown("no schema is named") if violation.shown_value == "``" else f"unknown schema {violation.shown_value}"
    yield Problem(violation.at, f"{seen}; use one of {known}")


@rule("REC004", Severity.ERROR, on=Violation)
def unknown_key(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """Every key is defined by the schema.

    A misspelt key would be ignored, and its number with it.

    Wrong:
        kiled: 7

    Right:
        killed: 7
    """
    key = violation.name.rpartition(", ")[2]
    if violation.empty and (repair := _run_on(key, violation) or _cut_by_comma(key, violation)):
        yield Problem(violation.at, f"unknown key {show(key, 'key')}; {repair}")
        return
    if (text := _count_in_key(key, violation)) is not None:
        yield Problem(violation.at, f"unknown key {show(key, 'key')}; write {text}")
        return
    intended = meant_key(key)
    homes = keys_with(intended) if intended not in violation.options else ()
    above = {part.split(" ")[0] for part in violation.name.split(", ")[:-1]}
    homes = tuple(home for home in homes if home in above) or homes
    hint = (
        f"; {show(intended)} belongs in {show(homes[0])}"
        if len(homes) == 1
        else suggestion(intended, violation.options)
    )
    if "total" in violation.options and hint.startswith("; use"):
        groups = suggestion("", [option for option in violation.options if option in GROUPS])
        hint = f"{groups}; people of no such group are in `total`, and the claim's `note` says who they were"
    if intended in GROUPS and MEASURES[0] in violation.options:
        hint = f"; it is a group of a measure, as in `killed: {{total: 7, {bare(intended)}: 2}}`"
    yield Problem(violation.at, f"unknown key {show(key, 'key')}{hint}")


def _run_on(key: str, violation: Violation) -> Shown | None:
    """Return the repair of a key without colon or space; None if it is none."""
    known = key_before(key)
    bound = Bound.AT_LEAST in violation.options or known not in violation.options
    return None if bound else f"write {show(known)} with a colon and a space behind it"


def _cut_by_comma(key: str, violation: Violation) -> Shown | None:
    """Return the repair of a number or a text in braces that a comma ends; None if the key isn't the rest of one."""
    if Bound.AT_LEAST in violation.options:
        thousands = Shown("write the number without a comma between thousands, which ends it here")
        return thousands if re.fullmatch("[0-9]{3}", key) else None
    quotes = Shown("put the text before it in quotes, all of it, as a comma ends it here")
    return None if re.fullmatch(r"\w*[^\W\d]\w*", key) else quotes


def _count_in_key(key: str, violation: Violation) -> Shown | None:
    """Return how to write a count given as the key of a bound, such as `{exact: 6}` and `{>6}`."""
    if Bound.AT_LEAST not in violation.options or not isinstance(violation.value, ScalarNode):
        return None
    if key.lower() in EXACT:
        return f"the number alone, as `{bare(violation.name.rpartition(', ')[0].rpartition(', ')[2])}: 6`"
    if meant_key(key) in violation.options:
        return None
    if key in {"from", "to"}:
        return Shown("a range as `between: [4, 6]`")
    text = key if violation.empty else f"{key} {violation.value.value}"  # {>6}, and {over: 6}
    intended = possible_counts(text.replace("_", " "))
    return ", or ".join([show(as_yaml(count)) for count in intended.values()]) or None


@rule("REC005", Severity.ERROR, on=(Violation, Record))
def id_is_file_name(subject: Violation | Record, dataset: Dataset) -> Iterator[Problem]:
    """The id equals the file name, and an incident is in the folder of its country and year.

    References are resolved by file name, which is unique.

    Wrong:
        id: SYR-20220908-7q4m    # in data/incidents/SYR/2021/SYR-20220908-7q4n.yaml

    Right:
        id: SYR-20220908-7q4m    # in data/incidents/SYR/2022/SYR-20220908-7q4m.yaml
    """
    if isinstance(subject, Violation):
        seen = Shown("is empty") if subject.empty else f"{subject.shown_value} is not an incident's id"
        id = subject.text[:3].upper() + subject.text[3:].lower()
        is_id = re.search(subschema_at("incident/1", ["id"])["pattern"], id)
        repair = f"write {show(id)}" if is_id else Shown("one is like `SYR-20220908-7q4m`")
        yield Problem(subject.at, f"{subject.name} {seen}; {repair}")
    elif subject.id:
        expected = _folder(subject)
        if dataset.index.is_at(subject.path, f"{expected}/{subject.id}.yaml"):  # as mostly
            return
        file = dataset.index.file(subject.path)
        if file.name != f"{subject.id}.yaml":
            copied = f"delete {show(file.name)}, which looks like a copy of its file"
            repair = copied if _COPY.fullmatch(file.stem.removeprefix(subject.id)) else Shown("make them one")
            yield Problem(subject.at("id"), f"the id is {show(subject.id)} but the file is {show(file.name)}; {repair}")
        elif not _is_in_folder(file, expected, dataset):
            yield Problem(
                subject.at("id"),
                f"a record with this id and schema belongs in data/{bare(expected)}/; move the file there",
            )
    elif location := _LOCATIONS.get(type(subject)):
        pattern, message = location
        below = dataset.index.below_data(dataset.index.file(subject.path))
        if below and not re.fullmatch(pattern, below.as_posix()):
            yield Problem(subject.at("schema"), message)


_LOCATIONS: dict[type[Record], tuple[str, Shown]] = {
    Waivers: (WAIVERS, Shown(f"waivers belong in data/{WAIVERS} alone; move them there")),
    Assertions: (ASSERTIONS, Shown(f"assertions belong in data/{ASSERTIONS} alone; move them there")),
    RuleSettings: (RULES_FILE, Shown(f"rule settings belong in data/{RULES_FILE} alone; move them there")),
    ChangeNote: (
        rf"{NOTES}/([0-9]+[.][0-9]+[.][0-9]+/)?[^/]+",
        Shown(f"a change note belongs in data/{NOTES}/, or in the folder of its version there; move it there"),
    ),
}
"""The paths below `data/` of files without an id, as patterns, and the messages on those elsewhere."""


def _folder(record: Record) -> str:
    folder = FOLDERS[kind_of(record)]
    return f"{folder}/{record.id[:3]}/{record.id[4:8]}" if isinstance(record, Incident) else folder


def _is_in_folder(file: Path, expected: str, dataset: Dataset) -> bool:
    """Whether a file is in its proper folder; outside a dataset, checked only below a folder of that name."""
    parts = file.parent.parts
    if below := dataset.index.below_data(file):
        return below.parent == Path(expected)
    kinds = [number for number, part in enumerate(parts) if part in FOLDERS.values()]
    return not kinds or kinds[-1] == len(parts) - 1 or "/".join(parts[kinds[-1] :]) == expected


@rule("REC006", Severity.ERROR, on=Violation)
def closed_vocabulary(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A value of a closed list is in the list.

    An undefined word can't be counted, filtered or compared.

    Wrong:
        status: publishd

    Right:
        status: published
    """
    if violation.empty:
        few = suggestion("", violation.options)
        yield Problem(violation.at, f"{violation.name} is empty{few}")
        return
    hint = suggestion(meant_value(violation.text), violation.options)
    # A near match of a valid value can't be a person's name; anything else is redacted unless it looks harmless.
    if violation.name == "date, precision" and hint.startswith("; use"):
        hint = f"{hint}, or leave it out if the incident lasted so long"
    if violation.options == ("true",):
        hint = Shown("; write `true` without quotes, or leave it out")
    seen = show(violation.text) if _is_nearly(violation.text, violation.options) else violation.shown_value
    yield Problem(violation.at, f"{violation.name} is {seen}, not a valid value{hint}")


def _is_nearly(value: str, options: Iterable[str]) -> bool:
    """Whether a value is a misspelling of a valid one: a letter or two, capitals, spaces."""
    from rapidfuzz.fuzz import ratio

    return any(ratio(fold_and_join(value[:MAX_WORD_LENGTH]), fold_and_join(option)) >= _NEARLY for option in options)


_NEARLY = 85
"""The minimum similarity of a misspelling to the valid value, of 100 (rapidfuzz's `ratio`)."""


@rule("REC007", Severity.ERROR, on=Violation)
def whole_number(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A count is a whole number in plain digits, or a bound with such numbers.

    Text, fractions, exponents, underscores, octal and base 60 are read differently by other programs. Counts in words
    keep their bound: "more than 30" is `{at_least: 31}`, "dozens" is `{word: dozens}`.

    Wrong:
        killed: "7"
        wounded: 1_000

    Right:
        killed: 7
        wounded: 1000
    """
    name, value = violation.name, violation.value
    if not isinstance(value, ScalarNode):
        ends = (
            [one.value for one in value.items if isinstance(one, ScalarNode)] if isinstance(value, SequenceNode) else []
        )
        number = Shown("a count is a whole number, or one bound such as `at_least: 7`")
        if len(ends) == 2 and all(type(end) is int for end in ends) and violation.key in {*MEASURES, *GROUPS}:
            number = f"write {show(as_yaml({'between': ends}))}"
        elif violation.key not in {*MEASURES, *GROUPS}:
            number = Shown("a single whole number is wanted here")
        yield Problem(violation.at, f"{name} is {violation.shown_value}; {number}")
    elif violation.empty or value.value == "":
        yield Problem(violation.at, f"{name} is empty; write the number, or delete the key: unknown is not zero")
    elif violation.keyword == "maximum":
        yield Problem(
            violation.at,
            f"{name} is {violation.shown_value}, more than a count may be ({violation.expectation}); check it",
        )
    else:
        why = f", {Shown(value.odd)}" if value.odd else Shown("")  # text of the parser
        yield Problem(violation.at, f"{name} is {violation.shown_value}{why}; {_to_write(violation.key, value)}")


def _to_write(key: str, value: ScalarNode) -> Shown:
    """Return how to write an invalid count; the bound in a text is kept."""
    text = str(value.value)
    if isinstance(value.value, float) and 0 < value.value < 1000 and value.value.is_integer():
        number = int(value.value)
        return f"write {show(number)}, or {show(1000 * number)} if the point is between thousands"
    if text.casefold() in ZERO_WORDS:
        return Shown("write `0` if the source says so; if it is unknown, delete the key")
    if is_placeholder(text):
        return Shown("delete the key: unknown is not zero")
    counts = possible_counts(text) if key in {*MEASURES, *GROUPS} and value.odd in {None, FOLDED_BLOCK, UNUSUAL} else {}
    options = [f"{show(as_yaml(count))}{f' for {bare(words)}' if words else ''}" for words, count in counts.items()]
    if text.isdecimal() and len(text) < MAX_WORD_LENGTH and (plain := str(int(text))) != text:
        return f"write {show(plain)}"  # 038, or digits of another script
    if not options or options == [show(text)]:
        return Shown("write a whole number in plain digits, without quotes")
    thousands = Shown(" if the comma is between thousands" if text.replace(",", "").isdecimal() else "")
    return f"write {', or '.join(options)}{thousands}"


@rule("REC008", Severity.ERROR, on=(Violation, Record))
def no_sentinels(subject: Violation | Record, dataset: Dataset) -> Iterator[Problem]:
    """No number or date is a placeholder for "unknown".

    -1, 99, 999 or 1970-01-01 mean "not known" in many tables, and would be added up. Unknown values are left out. If a
    source does give 99 or 999, the claim repeats it in its `excerpt` or `note`; otherwise 99 is a warning. So is a day
    of an incident or an aggregate that may be meant, as 1970-01-01 and 1900-01-01; it counts as the day that it is.

    Wrong:
        killed: 999

    Right:
        killed: 999
        note: The report says 999, in figures.
    """
    if isinstance(subject, Violation):
        if isinstance(subject.value, ScalarNode) and subject.value.value in {-1, -9, -99, -999, -9999}:
            yield Problem(
                subject.at, f"{subject.name} is {subject.shown_value}, which means unknown in many tables; leave it out"
            )
        return
    if isinstance(subject, Sourced):
        yield from _telltale_counts(subject)
    span = subject.date if isinstance(subject, Incident) else None
    first_of_several = span.first if span and span.precision and span.first != span.last else None
    unknown = Shown("means an unknown date in many tables; leave it out")
    for text, at in subject.dates:
        if text[:10] in SENTINELS:
            yield Problem(mark_of(at), f"{show(text)} {unknown}")
        elif text[:10] in POSSIBLE_SENTINELS and isinstance(subject, Sourced) and text != first_of_several:
            yield Problem(mark_of(at), f"{show(text)} {unknown} unless this day is meant", Severity.WARNING)


def _telltale_counts(subject: Sourced) -> Iterator[Problem]:
    for claim in subject.claims:
        for (measure, group), count in claim.counts.items():
            for number in count.numbers & TELLTALE:
                if stated_numbers(count).isdisjoint(quoted_numbers(claim, subject)):
                    yield Problem(
                        count.at,
                        f"{bare(measure)} ({bare(group)}) is {number}, which means unknown in many tables; leave it "
                        "out, or repeat the number in the claim's `note` if the source says it",
                        Severity.WARNING if number == min(TELLTALE) else None,
                    )


@rule("REC012", Severity.ERROR, on=Record)
def no_formulas(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """No text is a formula that a spreadsheet would evaluate, and no title or name is a placeholder for "unknown".

    Spreadsheets evaluate cells that begin with `=`, `+`, `-` or `@`. Titles and names never need to; in notes and
    excerpts it is a warning, as a quotation may begin so, and `- ` begins a list.

    Wrong:
        title: "=HYPERLINK(1)"

    Right:
        title: Airstrikes on a stone quarry
    """
    for key, text, at in record.values:
        if text[:1] in _SIGNS and _FORMULA.match(text) and not (text.startswith("- ") and key not in BARE):
            message = f"the text begins with {show(text[0])}, which a spreadsheet would run; reword it"
            yield Problem(mark_of(at), message, None if key in BARE else Severity.WARNING)
        elif key == "note" and _TO_DO.search(text):
            yield Problem(
                mark_of(at), "something is still to be done; do it, and delete the reminder", Severity.WARNING
            )
        elif key in {"title", "name"} and is_placeholder(text):
            yield Problem(mark_of(at), "the text is a placeholder; write a name or a title")
        elif _LOST in text or (not text.isascii() and _MISREAD.search(text)):
            lost = Shown("letters were lost or changed when the text was converted; write it again, in UTF-8")
            yield Problem(mark_of(at), lost, Severity.WARNING)


@rule("REC013", Severity.ERROR, on=Violation)
def matches_schema(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A record has the keys required by its schema, and each value has the form defined there.

    Wrong:
        title: ""

    Right:
        title: Airstrikes on a stone quarry
    """
    name, seen = violation.name or Shown("the record"), violation.shown_value
    match violation.keyword:
        case "required":
            yield Problem(violation.at, f"{name} is missing the key `{violation.expectation}`; add it")
        case _ if violation.empty:
            yield Problem(violation.at, f"{name} is empty; fill it in, or delete the key")
        case "type":
            is_plain = isinstance(violation.value, ScalarNode)
            hint = Shown(" (put it in quotes)" if is_plain and violation.expectation == "text" else "")
            if violation.expectation == "a list":
                hint = Shown(
                    "; write `- ` before its first key, and indent the rest of it by two more spaces"
                    if seen == "a mapping"
                    else "; put it in brackets, as `[one]`"
                )
            if violation.key == "by" and seen == "a list":
                hint = Shown("; name one originator, and the others under `jointly_with`")
            yield Problem(violation.at, f"{name} is {seen}; {violation.expectation} is wanted here{hint}")
        case "pattern":
            expected = Shown(violation.expectation[:1].lower() + violation.expectation[1:].rstrip("."))
            hint = _id_hint(violation, dataset)
            yield Problem(violation.at, f"{name} is {seen}, not of the form wanted here: {expected}{hint}")
        case "maxItems":
            yield Problem(violation.at, f"{name} has more than {violation.expectation} items; split the record")
        case "minLength" | "minItems" | "minProperties":
            yield Problem(violation.at, f"{name} is empty; fill it in, or delete it")
        case "maxLength":
            yield Problem(violation.at, f"{name} is longer than {violation.expectation} characters; shorten it")
        case "uniqueItems":
            yield Problem(violation.at, f"{name} has a duplicate item; remove one")
        case _:
            yield Problem(
                violation.at, f"{name} is {seen}; {Shown(violation.keyword)} {violation.expectation} is wanted here"
            )


def _id_hint(violation: Violation, dataset: Dataset) -> Shown:
    """Return a hint at the record of a registry, or the country, whose name is given instead of its id or code."""
    if violation.key == "country":
        code = alpha3(violation.text)
        return f"; write {show(code)}" if code else Shown("")
    folder = REGISTRY_OF.get(violation.key)
    return placeholder(folder, violation.text) if folder else Shown("")


@rule("REC014", Severity.ERROR, on=Violation)
def unambiguous(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """Text that YAML parsers may read as another type, or truncate, is quoted.

    Many parsers read `NO` as false, and `12:30` as 750. In unquoted text, ` #` begins a comment, and the rest is lost;
    after ids, numbers and values of closed lists, comments are allowed.

    Wrong:
        language: no
        title: Strike, after report #3, on the market

    Right:
        language: "no"
        title: "Strike, after report #3, on the market"
    """
    if violation.keyword == "comment":
        yield Problem(
            violation.at,
            f"{violation.name} ends before this `#`, where a comment begins in YAML; put all of the text in quotes, or "
            "move the comment to the line above",
        )
        return
    yield Problem(
        violation.at, f"{violation.name} is {violation.shown_value}, {violation.expectation}; put it in quotes"
    )
