"""Strict YAML: decoding, parsing into nodes with positions, comments, syntax errors."""
