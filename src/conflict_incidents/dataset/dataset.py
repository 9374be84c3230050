"""A dataset on disk: files, registries, ledger and descriptor, each read once on first use."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from conflict_incidents.core.findings import Shown, show, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.dataset import ledger
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import ContentSource, FileIndex
from conflict_incidents.dataset.index_rows import DAY_KEY
from conflict_incidents.dataset.ledger import Ledger
from conflict_incidents.dataset.registry import Registry
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import (
    ASSERTIONS,
    NOTES,
    RULES_FILE,
    WAIVERS,
    Assertions,
    ChangeNote,
    Record,
    RuleSettings,
    Waivers,
)
from conflict_incidents.records.parsing import Parsed, parse

_Kind = TypeVar("_Kind", bound=Record)
_LISTS: dict[str, tuple[type, str]] = {
    "licenses": (dict, '[{"name": "CC-BY-4.0"}]'),
    "contributors": (dict, '[{"title": "Example Monitor"}]'),
    "sources": (dict, '[{"title": "Example Gazetteer"}]'),
    "keywords": (str, '["armed conflict"]'),
}
"""The lists of a descriptor, each with the type of its items and a sample."""


class Dataset:
    """The dataset at `root`: its files in `index`, its records by id in `registry`.

    `stand_ins` are files outside `data/` that replace its records during validation. `since` are earlier states to
    compare with, in addition to the last release. Findings name files relative to `base`, by default `root`. `parse`
    and `replaced` are passed to the index.
    """

    def __init__(
        self,
        root: Path,
        stand_ins: Iterable[Path] = (),
        since: Iterable[Snapshot] = (),
        base: Path | None = None,
        parse: Callable[[bytes, str], Parsed] = parse,
        replaced: Mapping[str, ContentSource] = MappingProxyType({}),
    ) -> None:
        self.root = root
        self.base = base
        self._parse = parse
        self._replaced = replaced
        self._stand_ins = tuple(stand_ins)
        self.since = tuple(since)
        self.forget_files()

    def forget_files(self) -> None:
        """Drop all files and records that were read, which are read again when needed."""
        self.index = FileIndex(self.root, self._stand_ins, self.base, self._parse, self._replaced)
        self.registry = Registry(self.index)

    def __reduce__(self) -> tuple[type[Dataset], tuple[object, ...]]:
        """Pickle the arguments; another process reads the files itself."""
        return Dataset, (self.root, self._stand_ins, self.since, self.base, self._parse, self.index.cached_contents)

    def reload(self, base: Path | None = None) -> Dataset:
        """Return a fresh instance of the dataset without stand-ins."""
        return Dataset(self.root, (), (), base or self.base, self._parse, self._replaced)

    def from_root(
        self,
        stand_ins: Iterable[Path] = (),
        since: Iterable[Snapshot] = (),
        replaced: Mapping[str, ContentSource] = MappingProxyType({}),
    ) -> Dataset:
        """Return a fresh instance whose findings name files relative to the root, optionally with replaced content."""
        root = self.index.normal(self.root).absolute()
        return Dataset(root, stand_ins, since, root, self._parse, {**self._replaced, **replaced})

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The dataset's own `datapackage.json`: title, version, licences, and the date of the next release.

        Raises:
            DatasetError: it is missing, isn't a JSON object, or has something else where lists belong.
        """
        file = self.root / DESCRIPTOR
        try:
            content = json.loads(text := self.index.read_whole(file).decode("utf-8"))
            if "\\u" in text:
                json.dumps(content, ensure_ascii=False).encode()  # half a character can't be written
        except RecursionError as error:
            raise DatasetError(f"{user_text(file)} can't be read: it is nested too deep; restore it") from error
        except (OSError, ValueError) as error:
            why = Shown(getattr(error, "strerror", None) or str(error))  # which repeats nothing of the file
            raise DatasetError(f"{user_text(file)} can't be read as JSON: {why}; correct or restore it") from error
        if not isinstance(content, dict):
            raise DatasetError(f"{user_text(file)} isn't a JSON object")
        for key, (kind, sample) in _LISTS.items():
            entries = content.get(key) or []
            if not isinstance(entries, list) or not all(isinstance(one, kind) for one in entries):
                raise DatasetError(
                    f"{user_text(file)}: {show(key)} is no list of the form wanted here; write it as {Shown(sample)}"
                )
        return content

    @cached_property
    def release_date(self) -> date:
        """The date of the next release, `created` of the descriptor.

        Raises:
            DatasetError: the descriptor has no such day.
        """
        created = as_day(str(self.descriptor.get("created", "")))
        if created is None:
            raise DatasetError(
                f"{user_text(self.root / DESCRIPTOR)} has no `created` with the release's day, as 2026-01-31T00:00:00Z"
            )
        return created

    @cached_property
    def latest_day(self) -> date:
        """The latest valid date in a record: today, or the date of the next release if later."""
        return max(self.release_date, date.today())

    def is_future(self, day: date) -> bool:
        """Whether a day is after the latest valid date; logged as a look-up if so, as it won't be some day."""
        if day <= self.latest_day:
            return False
        self.registry.log(DAY_KEY)
        return True

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of releases, from `data/released.csv`."""
        file = self.root / "data" / ledger.FILE
        return ledger.read(
            self.index.whole_content(file) if self.index.exists(file) else None, self.index.display_path(file)
        )

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The earlier states that this one is compared with: no record may be lost, and no position become more
        precise.
        """
        return (self.ledger.earlier, *self.since)

    @cached_property
    def waivers(self) -> Waivers | None:
        """The findings accepted by reviewers; None if there are none."""
        return self._single(WAIVERS, Waivers)

    @cached_property
    def rule_settings(self) -> RuleSettings | None:
        """The rules that are disabled or have another severity; None if there are none."""
        return self._single(RULES_FILE, RuleSettings)

    @cached_property
    def assertions(self) -> Assertions | None:
        """The assertions on every release; None if there are none."""
        return self._single(ASSERTIONS, Assertions)

    def _single(self, name: str, kind: type[_Kind]) -> _Kind | None:
        """Return the record in a single file of `data/`; None if missing."""
        file = self.root / "data" / name
        record = self.index.parse_file(file).record if self.index.exists(file) else None
        return record if isinstance(record, kind) else None

    def notes(self, version: str = "") -> list[ChangeNote]:
        """Return the unreleased change notes, or those of a version, sorted by file."""
        files = sorted((self.root / "data" / NOTES / version).glob("*.yaml"))
        return [record for file in files if isinstance(record := self.index.parse_file(file).record, ChangeNote)]
