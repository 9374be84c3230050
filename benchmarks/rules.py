"""How long each rule takes, on the benchmark's records: where the time of `incidents validate` goes.

    python -m benchmarks.rules [--records 2k] [--most 25]

Judges every record of the dataset of `benchmarks.validate` in this process, and prints for the rules that take longest
their share of all rules and the microseconds of processor time for a record. Who asks for the parts of a record first
pays for them: the first rule on claims for the claims, BND001 for the estimates.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from benchmarks.validate import dataset

from conflict_incidents.core.rule import Rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.validate import validate_dataset


def time_rule(run: Callable[..., Any], times: Counter[str], records: Counter[str]) -> Callable[..., Any]:
    """A way to run a rule that adds up how long it takes."""

    def measure(rule: Rule[Any], *facts: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        problems = run(rule, *facts, **kwargs)
        times[rule.id] += time.process_time() - start  # type: ignore[assignment] # seconds, not whole ones
        records[rule.id] += 1
        return problems

    return measure


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", default="2k", help="how many incidents: 2k, 10k, 100k")
    parser.add_argument("--most", type=int, default=25, help="how many rules are listed")
    args = parser.parse_args()
    folder = dataset(args.records)
    times: Counter[str] = Counter()
    records: Counter[str] = Counter()
    gc.disable()
    with (
        patch.object(Rule, "run", time_rule(Rule.run, times, records)),
        patch.object(Rule, "run_between", time_rule(Rule.run_between, times, records)),
    ):
        validate_dataset(Dataset(folder), jobs=1)
    whole = sum(times.values())
    print(f"{whole:.2f} s in {len(times)} rules")
    for id, seconds in times.most_common(args.most):
        print(f"{id}  {seconds / whole:5.1%}  {seconds / records[id] * 1e6:6.0f} µs for each of {records[id]}")


if __name__ == "__main__":
    main()
