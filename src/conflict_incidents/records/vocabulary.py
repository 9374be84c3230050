"""Words of the schema with a meaning for code: keys, levels, precisions, kinds of sites."""

from __future__ import annotations

URL_KEYS = ("url", "archive_url")
"""The keys at which addresses stand."""
