"""The differences between two releases: rows, contract, change notes, reports."""
