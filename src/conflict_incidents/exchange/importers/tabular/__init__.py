"""Read a file of any tabular format as one table of text."""
