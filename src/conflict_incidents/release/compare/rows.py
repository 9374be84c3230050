"""Match the rows of a table in two releases by the primary key, and compare their cells.

One Arrow column is in memory at a time; a value becomes a Python object only on demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from conflict_incidents.core.findings import bare, release_text
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.tables.contract import CellValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.int64]
    Truths = NDArray[np.bool_]

NOTHING: Positions = np.empty(0, np.int64)


@dataclass(frozen=True)
class MatchedRows:
    """The matched rows of a table: `old` and `new` are the positions of rows in both, pair by pair; others are single.

    All are in the order of the later release, `removed` in that of the earlier.
    """

    old: Positions
    new: Positions
    removed: Positions
    added: Positions


def ids(side: OpenRelease, table: str, positions: Positions) -> list[str]:
    """Return the primary keys of rows as text: the parts joined by `/`, with `%` and `/` escaped as `%25` and `%2F`."""
    keys: list[str] = _key_text(
        [at(side.column(table, name), positions) for name in side.tables[table].key]
    ).to_pylist()
    return keys


def _all_ids(side: OpenRelease, table: str) -> pa.Array:
    """Return the primary key of every row; see `ids`."""
    parts = [side.column(table, name) for name in side.tables[table].key]
    if not len(parts[0]):
        return pa.array([], pa.large_string())
    keys = _key_text(parts)
    if keys.null_count or len(pc.unique(keys)) != len(keys):
        raise ReleaseError(
            f"the table {bare(table)} of version {release_text(side.about.version)} has rows without a key, or of "
            "the same key"
        )
    return keys


def match(old: OpenRelease, new: OpenRelease, table: str) -> MatchedRows:
    """Match the rows of a table in two releases.

    Raises:
        ReleaseError: rows of one release have no key or the same key.
    """
    if table not in old.tables:
        return MatchedRows(NOTHING, NOTHING, NOTHING, np.arange(len(_all_ids(new, table))))
    before, after = _all_ids(old, table), _all_ids(new, table)
    indices = pc.index_in(after, value_set=before).cast(pa.int64())
    matched = indices.is_valid().to_numpy(zero_copy_only=False)
    pairs = indices.drop_null().to_numpy(zero_copy_only=False)
    removed = np.ones(len(before), np.bool_)
    removed[pairs] = False
    return MatchedRows(pairs, np.flatnonzero(matched), np.flatnonzero(removed), np.flatnonzero(~matched))


def unequal(old: pa.Array, new: pa.Array) -> Truths:
    """Return a mask of the rows in which two columns differ; unknown equals only unknown."""
    if old.type != new.type:
        numbers = all(pa.types.is_integer(one) or pa.types.is_floating(one) for one in (old.type, new.type))
        common = pa.float64() if numbers else pa.large_string()
        old, new = old.cast(common), new.cast(common)
    other = pc.fill_null(pc.not_equal(old, new), False)
    differ: Truths = pc.or_(other, pc.xor(old.is_null(), new.is_null())).to_numpy(zero_copy_only=False)
    return differ


def at(column: pa.Array, positions: Positions) -> pa.Array:
    """Return the cells of a column at some positions; the column itself if that is every cell in order."""
    is_whole = len(positions) == len(column) and bool((positions == np.arange(len(column))).all())
    return column if is_whole else column.take(pa.array(positions))


def is_unknown(column: pa.Array) -> Truths:
    """Return a mask of empty cells."""
    truths: Truths = column.is_null().to_numpy(zero_copy_only=False)
    return truths


def values(column: pa.Array, positions: Positions) -> list[CellValue]:
    """Return the values at some positions."""
    cells: list[CellValue] = at(column, positions).to_pylist()
    return cells


def _key_text(parts: list[pa.Array]) -> pa.Array:
    """Join the parts of a key as text."""
    texts = [part.cast(pa.large_string()) for part in parts]
    for mark, escape in (("%", "%25"), ("/", "%2F")):
        rare = [pc.any(pc.match_substring(text, mark)).as_py() for text in texts]
        texts = [
            pc.replace_substring(text, mark, escape) if is_in else text for text, is_in in zip(texts, rare, strict=True)
        ]
    return pc.binary_join_element_wise(*texts, pa.scalar("/", pa.large_string())) if len(texts) > 1 else texts[0]
