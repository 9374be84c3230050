"""Importers: one module or package per foreign dataset, and what they share.

`source.py` is what the importers of UCDP GED and ACLED share. `store/store.py` writes records into a dataset,
`store/ledger.py` stores the last values of a source, `store/merging.py` decides which value is kept,
`store/rewriting.py` rewrites a part of a record, `store/files.py` writes files; `store/batch.py` is the result of an
importer. To add an importer, add a module with `HELP`, `configure(parser)` and `convert(file, dataset, options) ->
Batch`, and name it in `IMPORTERS`.
"""

IMPORTERS = {"ucdp-ged": "ucdp", "acled": "acled", "table": "table"}
"""The module of each importer in this package, by its name in `incidents import`."""
