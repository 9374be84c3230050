"""Records → a finished release: every table as CSV and Parquet, a descriptor, checksums; checked, then put in place."""

from __future__ import annotations

from conflict_incidents.release.errors import ReleaseDefect, ReleaseError, ReleaseRefused

__all__ = ["ReleaseDefect", "ReleaseError", "ReleaseRefused"]
