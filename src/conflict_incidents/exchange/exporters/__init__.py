"""Exporters: one module per foreign layout."""
