"""A cached parser, for tests whose datasets share most of their records."""

from functools import cache

from conflict_incidents.records.parsing import parse

cached_parse = cache(parse)
"""`parse`, cached by content; pass it to a dataset as `parse`."""
