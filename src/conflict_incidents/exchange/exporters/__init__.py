"""Exporters: one file a foreign layout, and what they share.

`sheet.py` is the table and its CSV, `facts.py` is what all of them need of an incident. To add an exporter, add a file
with `HELP`, `LAYOUTS` (names of its layouts, the usual one first) and `export(incidents, dataset, layout)`, which gives
a `Sheet`, and name it in `EXPORTERS`.
"""

EXPORTERS = {"ucdp-ged": "ucdp", "acled": "acled", "hxl": "hxl"}
"""The exporters by the name that `incidents export` gives them: the module of this package that holds each."""
