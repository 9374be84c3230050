"""Errors of a dataset as a whole."""

from __future__ import annotations

from conflict_incidents.core.errors import UserError


class DatasetError(UserError):
    """The folder is no dataset, or its configuration can't be read; the message says how to repair it."""
