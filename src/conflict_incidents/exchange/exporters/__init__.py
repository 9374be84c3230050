"""Exporters: one module a foreign layout."""
