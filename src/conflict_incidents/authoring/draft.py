"""New records: the questions, the id, the checks on each answer, and the file.

Answers are checked by the rules, on the incomplete record: accepted answers pass `incidents validate`.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.files import create, delete_leftovers
from conflict_incidents.core.findings import Finding, Shown, errors, show, user_text
from conflict_incidents.core.ids import draw_suffix, slug
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import files_below, record_file, schema_path
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records import schema, templates
from conflict_incidents.records.formatting import inline, scalar
from conflict_incidents.records.model import FOLDERS, NOTES, REGISTRIES
from conflict_incidents.records.parsing import Parsed, parse
from conflict_incidents.records.yaml.decoding import character_error

_TRIES = 1000


class RecordingError(UserError, ValueError):
    """An answer is invalid, or a record can't be written; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a new record: the name of its option, and the path of the answer in the record.

    `registry` is the kind of record that the answer refers to; `use` is `id` if the id depends on the answer, `derived`
    if the record has a value without it. `hint` has the explanation in braces.
    """

    option: str
    path: templates.KeyPath
    registry: str | None = None
    use: str = ""
    hint: str = "{}"


QUESTIONS: dict[str, tuple[Question, ...]] = {}
"""The questions for each kind of record, in order. A new question is a line of `questions.csv`, which adds its option
and prompt.

A registry without questions there has those for the name and the id.
"""
for _row in csv_rows(__file__, "questions.csv"):
    _path = tuple(int(step) if step.isdigit() else step for step in _row["path"].split("."))
    _question = Question(_row["option"], _path, _row["registry"] or None, _row["use"], _row["hint"] or "{}")
    QUESTIONS[_row["kind"]] = (*QUESTIONS.get(_row["kind"], ()), _question)
for _kind in REGISTRIES:
    QUESTIONS.setdefault(_kind, (Question("name", ("name",), use="id"), Question("id", ("id",), use="derived")))


class Draft:
    """A new record. Nothing is written before `write`."""

    def __init__(self, dataset: Dataset, kind: str, draw: Callable[[], str] | None = None) -> None:
        """Begin a record of a kind; `draw` returns the random parts of ids."""
        self.dataset = dataset
        self.kind = kind
        self.schema = f"{kind}/{schema.schema_versions()[kind][-1]}"
        self.questions = {question.option: question for question in QUESTIONS[kind]}
        self.answers: dict[str, str] = {}
        self._draw = draw or draw_suffix
        self._random = self._draw()

    def answer(self, option: str, text: str) -> None:
        """Store an answer if the rules accept it.

        Raises:
            RecordingError: they don't; the answer isn't stored.
        """
        text = unicodedata.normalize("NFC", text).strip()
        if option == "country":
            text = text.upper()
        elif self.questions[option].registry:
            text = slug(text) or text  # people type `SOHR`; the registry has `sohr`
        before = dict(self.answers)
        self.answers[option] = text
        try:
            problem = character_error(text) or self._wrong_with_id(option) or self._first_error(option)
        finally:
            self.answers, accepted = before, self.answers
        if problem:
            raise RecordingError(Shown(problem))
        self.answers = accepted

    def lacking(self) -> list[Question]:
        """Return the unanswered questions that the record requires."""
        return [one for one in self.questions.values() if self.is_needed(one) and one.option not in self.answers]

    def is_needed(self, question: Question) -> bool:
        """Whether the record is incomplete without an answer."""
        return question.use != "derived" and templates.is_required(self.schema, question.path)

    def explanation(self, question: Question) -> str:
        """Return the schema's description of the answer."""
        if self.kind == "incident" and question.option == "country":
            return templates.explanation(templates.part("place/1", ("country",)))
        return question.hint.format(templates.explanation(templates.part(self.schema, question.path)))

    def applies(self, question: Question) -> bool:
        """Whether a question applies: there must be units to choose from."""
        return question.option != "unit" or bool(self.dataset.registry.admin_units)

    def suggest(self, question: Question) -> str:
        """Return a default answer: the id derived from the name, the only country of the dataset; empty otherwise."""
        if question.option == "id":
            return self.id if self.id.casefold() not in self._used_ids() else ""
        if self.kind in {"incident", "place"} and question.option == "country":
            folders = {file.name for file in (self.dataset.root / "data" / "incidents").glob("[A-Z][A-Z][A-Z]")}
            countries = folders or {unit.country for unit in self.dataset.registry.admin_units.values()}
            return countries.pop() if len(countries) == 1 else ""
        return ""

    @property
    def id(self) -> str:
        """The id, or the part of it that the answers define."""
        if self.kind == "incident":
            day = re.match(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?", self.answers.get("date", ""))
            digits = "".join(part or "01" for part in day.groups()) if day else "00000000"
            return f"{self.answers.get('country', 'XXX')}-{digits}-{self._random}"
        if self.kind == "change":
            return f"{self.answers.get('change-kind', 'change')}-{self._random}"
        return self.answers.get("id") or slug(self.answers.get("name", ""))

    @property
    def path(self) -> Path:
        """The path of the record's file."""
        return record_file(self.dataset.root, self.kind, self.id)

    @property
    def _folder(self) -> Path:
        return self.dataset.root / "data" / FOLDERS.get(self.kind, NOTES)

    def text(self) -> str:
        """Return the file's text with the answers so far."""
        return self._text(self._values())

    def _text(self, values: Mapping[templates.KeyPath, str]) -> str:
        command = f"incidents validate {self.path.relative_to(self.dataset.root).as_posix()}"
        opening = ["Fill in what is empty, and delete the comments as you like. To check it:", command]
        return templates.template(self.schema, values, schema_path(self.dataset.root, self.path, self.schema), opening)

    def findings(self) -> list[Finding]:
        """Return the findings that prevent the record from being valid."""
        return errors(validate_parsed(self._parse(), self.dataset))

    def write(self) -> Path:
        """Write the file, and return its path.

        Raises:
            RecordingError: the record has no id, or its id is taken.
            OSError: the file can't be written.
        """
        self._refuse_without_id()
        delete_leftovers(self.dataset.root)
        for _ in range(_TRIES):
            if self.id.casefold() not in self._used_ids():
                with contextlib.suppress(FileExistsError):
                    create(self.path, self.text(), self.dataset.root)
                    return self.path
            if self.kind not in {"incident", "change"}:
                raise RecordingError(f"{Shown(self._exists())}; give another id by --id; nothing was written")
            self._random = self._draw()
        raise RecordingError(f"no free id was found like {show(self.id)}; nothing was written")

    def _refuse_without_id(self) -> None:
        parts = [question for question in self.questions.values() if question.use == "id"]
        if lacking := [f"--{one.option}" for one in parts if not self._has(one)]:
            raise RecordingError(f"there is no id without {' and '.join(map(user_text, lacking))}; nothing was written")
        if not self.id:
            raise RecordingError("no id can be made of the name; give one by --id; nothing was written")

    def _has(self, question: Question) -> bool:
        return question.option in self.answers or (question.option == "name" and "id" in self.answers)

    def _used_ids(self) -> frozenset[str]:
        return _ids_below(self._folder) | self.dataset.ledger.ids(self.kind)

    def _exists(self) -> str:
        registered = self.id.casefold() in _ids_below(self._folder)
        return f"the {self.kind} {show(self.id)} {'is in the registry' if registered else 'was released'} already"

    def _wrong_with_id(self, option: str) -> str | None:
        """Return the error in an answer that becomes part of the file's path."""
        text = self.answers[option]
        if option == "country" and not re.fullmatch("[A-Z]{3}", text):
            return f"the country is {show(text)}; write three letters, ISO 3166-1 alpha-3, as SYR"
        if option == "id":
            form = templates.part(self.schema, ("id",))
            if not re.fullmatch(form["pattern"], text) or len(text) > form["maxLength"]:
                return f"the id is {show(text)}; write lower-case letters and digits, joined by single hyphens"
            if text.casefold() in self._used_ids():
                return self._exists()
        return None

    def _first_error(self, option: str) -> str | None:
        """Return the first error of the rules in the line of an answer."""
        # Placeholders complete an unfinished part; findings on them are ignored.
        parsed = self._parse({one.path: "unanswered" for one in self.lacking() if one.registry})
        assert parsed.record is not None
        line = parsed.record.raw.place(*self.questions[option].path).line
        found = errors(validate_parsed(parsed, self.dataset))
        return next((finding.message for finding in found if finding.mark.line == line), None)

    def _parse(self, placeholders: Mapping[templates.KeyPath, str] = MappingProxyType({})) -> Parsed:
        text = self._text({**placeholders, **self._values()})
        return parse(text.encode("utf-8"), self.dataset.index.display_path(self.path))

    def _values(self) -> dict[templates.KeyPath, str]:
        values: dict[templates.KeyPath, str] = {("schema",): self.schema}
        if self.kind == "incident":
            site, report = self.answers.get("site-kind", "unspecified"), self.answers.get("publisher", "report")
            at = self.answers.get("place", "site") if site == "unspecified" else site.replace("_", "-")
            values |= {("status",): "draft", ("sites", 0, "kind"): scalar(site), ("sites", 0, "id"): scalar(at)}
            values[("reports", 0, "id")] = scalar(report)
        for option, text in self.answers.items():
            values[self.questions[option].path] = CONVERTERS.get(option, scalar)(text)
        if self.id and self.kind != "change":  # a note is named after its file only
            values[("id",)] = scalar(self.id)
        return values


def span(text: str) -> str:
    """Convert a date to YAML: a day unchanged, `2022-09` and `2022-09-08/2022-09-10` as spans."""
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        last = monthrange(int(text[:4]) or 1, int(text[5:]))[1]
        return f"{{from: {text}-01, to: {text}-{last}, precision: month}}"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return "{{from: {}, to: {}}}".format(*text.split("/"))
    return scalar(text)


def several(text: str) -> str:
    """Convert ids separated by commas or spaces to YAML."""
    return inline([part for part in re.split(r"[,\s]+", text) if part])


def units(text: str) -> str:
    """Convert the p-codes of administrative units, the largest first, to YAML."""
    return inline({f"adm{level}": code for level, code in enumerate(text.split(), 1)})


CONVERTERS = {"date": span, "records": several, "unit": units}
"""Converters of answers that aren't plain text, by option."""


def _ids_below(folder: Path) -> frozenset[str]:
    """Return the names of all files below a folder, without suffix and in lower case: ids in use."""
    files = files_below(folder) if folder.is_dir() else []
    return frozenset(file.name.partition(".")[0].casefold() for file in files)
