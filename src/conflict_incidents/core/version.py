"""The version of the package; every other place that names it is checked against this."""

__version__ = "0.1.0"
