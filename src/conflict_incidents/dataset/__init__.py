"""A folder of records: lookup, ledger of releases, git history, duplicates."""
