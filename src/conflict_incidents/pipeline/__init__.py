"""Everything between a record's bytes and the findings: process one, combine all, keep what came of it.

`process` judges one file, `combine` one index row among the others; `driver` runs the first on all cores, `tree` keeps
what came of it and asks the second, and `validate` is what commands call.
"""

from conflict_incidents.pipeline.validate import Outcome, judge, lost, selected, validate_dataset, validate_paths

__all__ = ["Outcome", "judge", "lost", "selected", "validate_dataset", "validate_paths"]
