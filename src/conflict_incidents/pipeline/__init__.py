"""From a record's bytes to findings: process each file, combine all rows, cache the results.

`process` validates one file and `combine` one index row against the others. `driver` runs the first on all cores,
`tree` stores its results and runs the second; commands call `validate`.
"""

from conflict_incidents.pipeline.validate import (
    Outcome,
    expand_paths,
    missing_records,
    validate_dataset,
    validate_parsed,
    validate_paths,
)

__all__ = ["Outcome", "expand_paths", "missing_records", "validate_dataset", "validate_parsed", "validate_paths"]
