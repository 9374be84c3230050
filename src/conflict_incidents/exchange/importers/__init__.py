"""Importers: one module or package a foreign dataset, and what they share.

`store/store.py` brings records into a dataset, `store/ledger.py` remembers what a source last gave, `store/merging.py`
decides whose value is kept, `store/renewing.py` rewrites a part of a record, `store/files.py` puts it on disk;
`store/batch.py` is what an importer hands over. To add an importer, add a module with `HELP`, `configure(parser)` and
`convert(file, dataset, options) -> Batch`, and name it in `IMPORTERS`; `incidents import` does the rest.
"""

IMPORTERS = {"ucdp-ged": "ucdp", "acled": "acled", "table": "table"}
"""The importers by the name that `incidents import` gives them: the module of this package that holds each."""
