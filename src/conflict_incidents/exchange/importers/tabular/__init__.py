"""A file of any tabular format, read as one table with typed cells."""
