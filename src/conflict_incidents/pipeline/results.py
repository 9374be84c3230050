"""The result of `process` for one file, serialised for the cache and for other processes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from msgspec.json import Decoder, encode

from conflict_incidents.core.files import MAX_FILE_SIZE, blob_of
from conflict_incidents.core.findings import Finding, Mark, Severity, Shown
from conflict_incidents.dataset import index_rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import LISTS, MAX_LIST_SIZE, is_table_path
from conflict_incidents.pipeline import store
from conflict_incidents.pipeline.process import process
from conflict_incidents.pipeline.store import Rows
from conflict_incidents.records.parsing import Content
from conflict_incidents.records.yaml.decoding import MAX_BYTES


class Result(NamedTuple):
    """The result of `process` for a file, serialised: findings and rows as JSON, keys as numbers; `blob` is its git
    hash.

    `row` is that of the index, `rank` its place among those that are alike. `filled` are the rows in the tables of a
    release, None where they weren't asked for.
    """

    path: str
    blob: str
    kind: str
    id: str
    sound: bool | None
    findings: bytes | None
    row: bytes | None
    rank: int
    provides: bytes
    requires: bytes
    filled: Rows | None


def result_of(path: str, content: Content, dataset: Dataset, with_rules: bool, with_rows: bool) -> Result:
    """Process the content of a file, and serialise the result."""
    result = process(path, content, dataset, with_rules, with_rows)
    return Result(
        path,
        named_content(content, path),
        result.kind,
        result.id,
        result.sound,
        dump_findings(result.findings) if with_rules else None,
        index_rows.dump_row(result.row) if result.row else None,
        index_rows.rank_of(result.row) if result.row else 0,
        array("q", sorted(map(number_of, result.provides))).tobytes(),
        array("q", sorted(map(number_of, result.requires))).tobytes(),
        store.dump_rows(result.rows) if result.rows is not None else None,
    )


def content_at(path: str, dataset: Dataset) -> Content:
    """Read a file that should be a record or a table, by its path below the root."""
    if not is_table_path(path):
        return dataset.index.content(path)
    return dataset.index.whole_content(path, MAX_LIST_SIZE if path.startswith(f"data/{LISTS}/") else MAX_FILE_SIZE)


def named_content(content: Content, path: str) -> str:
    """Return the git hash of a file's content; empty unless all of it is known."""
    if not isinstance(content, bytes) or (len(content) > MAX_BYTES and not is_table_path(path)):
        return ""
    return blob_of(content)


@lru_cache(maxsize=1 << 16)
def number_of(key: str) -> int:
    """Hash a key to a number of 64 bits."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def dump_findings(findings: Iterable[Finding]) -> bytes:
    """Serialise the findings of a file."""
    return encode([(one.mark, one.rule, one.severity, one.message) for one in findings])


def load_findings(text: bytes, path: str) -> list[Finding]:
    """Deserialise the findings of a file."""
    return [Finding(path, *each) for each in _FINDINGS.decode(text)]


_FINDINGS = Decoder(list[tuple[Mark, str, Severity, Shown]])
