"""The base of all errors that a person can repair."""

from __future__ import annotations


class UserError(Exception):
    """An error in what the user gave, or in the environment; the message says how to repair it.

    `exit_code` is that of a command which it ends.
    """

    exit_code = 2
