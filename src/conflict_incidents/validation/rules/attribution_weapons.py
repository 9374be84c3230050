"""ATT, means: strikes, munitions and aircraft."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, show
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.schema import Violation


@rule("ATT005", Severity.ERROR, on=Violation)
def separate_things(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """Strikes, munitions and aircraft are separate measures, each without groups.

    Four aircraft may fly fourteen strikes and drop thirty bombs; none of these replaces another.

    Wrong:
        strikes: {aircraft: 4}

    Right:
        aircraft: 4
    """
    key = violation.name.rsplit(", ", 1)[-1]
    hint = suggestion(key, violation.options)
    yield Problem(
        violation.at,
        f"a count of things takes a bound, not {show(key)}{hint}; strikes, munitions and aircraft are measures of "
        "their own",
    )
