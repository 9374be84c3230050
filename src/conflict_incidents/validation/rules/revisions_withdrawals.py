"""REV, completeness: decreases of tolls, and assertions on a release.

Prevents: a release that lacks part of its data because a file was truncated or a filter failed, although every record
is valid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import NOTES, Assertions
from conflict_incidents.records.statements import Assertion
from conflict_incidents.validation.rules.revisions_notes import table_columns

MAX_LISTED = 3
"""The maximum number of records in a message."""


@rule("REV007", Severity.ERROR)
def drop_explained(
    at: Mark, what: str, before: int, after: int, version: str, records: Sequence[tuple[str, int, int]]
) -> Iterator[Problem]:
    """The tolls of the incidents of the previous release don't decrease without a note.

    Claims, and the killed by the low and the high ends of the estimates, are added up over the incidents of both
    releases, except for withdrawn incidents, those with a withdrawn claim, and those with a note. `incidents build`
    stops if a sum is smaller than before; new incidents don't compensate. Incidents themselves can't disappear
    (REV003).

    Args:
        at: the position of the claims of the record with the largest decrease.
        what: the name of the sum.
        before: the sum in the previous release.
        after: the sum now.
        version: the version of the previous release.
        records: the records that decreased, with their values before and now, largest decrease first.

    Wrong:
        an added claim of 2 killed brings the low end of an incident from 7 to 2, and nothing says why

    Right:
        kind: correction
        text: A later count by the hospital is far below the first reports.
        records: [SYR-20220908-7q4m]
    """
    if after < before:
        examples = ", ".join(f"{show(id)} ({was:,} → {now:,})" for id, was, now in records[:MAX_LISTED])
        more = f" and {len(records) - MAX_LISTED} more" if len(records) > MAX_LISTED else Shown("")
        yield Problem(
            at,
            f"{bare(what)} of the incidents that version {bare(version)} had, and that no note is about, went from "
            f"{before:,} to "
            f"{after:,}: {examples}{more}; write a note in data/{NOTES}/ that says why, or restore what is lost",
        )


@rule("REV009", Severity.ERROR, on=Assertions)
def assertion_can_be_judged(subject: Assertions, dataset: Dataset) -> Iterator[Problem]:
    """An assertion names an existing table and columns, and bounds that can be satisfied.

    An assertion on a missing column would never fail.

    Wrong:
        - {table: incidents, sum: kiled_low, at_least: 7000}

    Right:
        - {table: incidents, sum: killed_low, at_least: 7000}
    """
    tables = table_columns(dataset)
    for one in subject.assertions:
        yield from _bounds(one)
        columns = tables.get(one.table)
        if columns is None:
            hint = suggestion(one.table, tables)
            yield Problem(one.at("table"), f"there is no table {show(one.table)} in a release{hint}")
            continue
        for column in one.where:
            if column not in columns:
                yield Problem(one.at("where", column), _no_column(one.table, column, columns))
        if one.sum and one.sum not in columns:
            yield Problem(one.at("sum"), _no_column(one.table, one.sum, columns))
        elif one.sum and columns[one.sum] != "integer":
            yield Problem(one.at("sum"), f"{show(one.sum)} isn't a column of whole numbers; only these are added up")


def _bounds(one: Assertion) -> Iterator[Problem]:
    if {"at_least", "at_most", "drop_at_most"}.isdisjoint(one.node.items):
        yield Problem(one.mark, "it has no bound; add `at_least`, `at_most` or `drop_at_most`")
    if one.at_least is not None and one.at_most is not None and one.at_least > one.at_most:
        yield Problem(one.at("at_most"), f"at most {one.at_most:,.0f} is less than at least {one.at_least:,.0f}")


def _no_column(table: str, column: str, columns: Mapping[str, str]) -> Shown:
    return f"the table {show(table)} has no column {show(column)}{suggestion(column, columns)}"


@rule("REV010", Severity.ERROR)
def assertion_holds(assertion: Assertion, seen: int, before: int | None, version: str) -> Iterator[Problem]:
    """A release satisfies `data/assertions.yaml`.

    An empty, halved or doubled table passes every check of rows. The file has bounds for the number of rows of a table,
    or the sum of a column, over all rows or those `where` columns have given values, and for their decrease in percent
    since the previous release. For an intended decrease, the bound is raised for one release, with the reason as its
    `note`. Checked by `incidents build` on the finished tables.

    Args:
        assertion: the assertion.
        seen: the number in the release being built.
        before: the number in the previous release; None without one.
        version: the version of the previous release.

    Wrong:
        - {table: incidents, where: {country: SYR}, at_least: 1800}    # and there are 912

    Right:
        - {table: incidents, where: {country: SYR}, at_least: 900}
    """
    what = describe_assertion(assertion)
    if assertion.at_least is not None and seen < assertion.at_least:
        yield Problem(
            assertion.at("at_least"),
            f"{what}: {seen:,}, less than {assertion.at_least:,.0f}; restore what is lost, or correct the assertion",
        )
    if assertion.at_most is not None and seen > assertion.at_most:
        yield Problem(
            assertion.at("at_most"),
            f"{what}: {seen:,}, more than {assertion.at_most:,.0f}; remove what doesn't belong, or correct the "
            "assertion",
        )
    most = assertion.drop_at_most
    if most is not None and before and (before - seen) * 100 > most * before:
        yield Problem(
            assertion.at("drop_at_most"),
            f"{what}: {seen:,}, {(before - seen) * 100 / before:.2f} percent less than the {before:,} of version "
            f"{bare(version)}; restore what is lost, or raise `drop_at_most` for this release",
        )


def describe_assertion(assertion: Assertion) -> Shown:
    """Describe what an assertion counts."""
    what = (
        f"sum of {bare(assertion.sum)} in {bare(assertion.table)}"
        if assertion.sum
        else f"rows of {bare(assertion.table)}"
    )
    where = ", ".join([f"{bare(column)} {show(value)}" for column, value in assertion.where.items()])
    return f"{what} with {where}" if where else what
