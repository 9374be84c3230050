"""Evaluate the dataset's assertions on the tables of a release."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from conflict_incidents.core.findings import Finding
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.statements import Assertion
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.validation.rules.revisions_withdrawals import assertion_holds


def check_assertions(dataset: Dataset, release: OpenRelease, before: OpenRelease | None) -> list[Finding]:
    """Return the findings (REV010) on assertions of the dataset that a release fails.

    Args:
        dataset: the dataset, whose assertions can be judged (REV009).
        release: the unfinished release.
        before: the previous release; None if unavailable.
    """
    file = dataset.assertions
    findings: list[Finding] = []
    for one in file.assertions if file else ():
        assert file is not None
        number = count(release, one)
        number_before = count(before, one) if before and _has(before, one) else None
        version = before.about.version if before else ""
        findings += assertion_holds.run(file.path, assertion=one, seen=number, before=number_before, version=version)
    return findings


def count(side: OpenRelease, assertion: Assertion) -> int:
    """Count the rows or values that an assertion concerns, in a release that has its table and columns."""
    table = side.tables[assertion.table]
    values = side.column(table.name, assertion.sum or table.names[0])
    if assertion.where:
        mask = pa.array([True] * len(values), pa.bool_())
        for column, value in assertion.where.items():
            mask = pc.and_(mask, _equals(side.column(table.name, column), value))
        values = values.filter(mask)
    return int(pc.sum(values).as_py() or 0) if assertion.sum else len(values)


def _equals(column: pa.Array, value: str) -> pa.Array:
    """Return a mask of the cells with a value, in its CSV spelling."""
    return pc.fill_null(pc.equal(column.cast(pa.large_string()), pa.scalar(value, pa.large_string())), False)


def _has(side: OpenRelease, assertion: Assertion) -> bool:
    """Whether a release, possibly with an earlier contract, has the table and columns of an assertion."""
    table = side.tables.get(assertion.table)
    return table is not None and {*assertion.where, *filter(None, [assertion.sum])} <= set(table.names)
