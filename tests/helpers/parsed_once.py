"""The parser for tests whose datasets have most of their records in common."""

from functools import cache

from conflict_incidents.records.parsing import parse

parsed_once = cache(parse)
"""As `parse`, but each content once; to be given to a dataset as `parse`."""
