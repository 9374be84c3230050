"""Measure the time of each rule on the benchmark's records.

    python -m benchmarks.rules [--records 2k] [--most 25]

Runs the rules on every record of the dataset of `benchmarks.validate` in this process, and prints for the slowest ones
their share of all rules and the microseconds of processor time per record. Cached parts of a record count for the rule
that uses them first: the claims for the first rule on claims, the estimates for the first rule on them.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from heapq import nlargest
from operator import itemgetter
from typing import Any
from unittest.mock import patch

from benchmarks.validate import dataset

from conflict_incidents.core.rule import Rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.validate import validate_dataset


def time_rule(run: Callable[..., Any], times: dict[str, float], records: Counter[str]) -> Callable[..., Any]:
    """Wrap a rule to add up its time."""

    def measure(rule: Rule[Any], *facts: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        problems = run(rule, *facts, **kwargs)
        times[rule.id] += time.process_time() - start
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
    times: dict[str, float] = defaultdict(float)
    records: Counter[str] = Counter()
    gc.disable()
    with (
        patch.object(Rule, "run", time_rule(Rule.run, times, records)),
        patch.object(Rule, "run_between", time_rule(Rule.run_between, times, records)),
    ):
        validate_dataset(Dataset(folder), jobs=1)
    whole = sum(times.values())
    print(f"{whole:.2f} s in {len(times)} rules")
    for id, seconds in nlargest(args.most, times.items(), key=itemgetter(1)):
        print(f"{id}  {seconds / whole:5.1%}  {seconds / records[id] * 1e6:6.0f} µs for each of {records[id]}")


if __name__ == "__main__":
    main()
