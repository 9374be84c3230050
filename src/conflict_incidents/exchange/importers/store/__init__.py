"""Merge imported records into a dataset: batches, ledgers, merges, files."""
