"""Imported records are merged into the dataset: batches, ledgers, merges, files."""
