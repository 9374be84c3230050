"""Build a release from records: every table as CSV and Parquet, a descriptor and checksums, checked before the swap."""

from __future__ import annotations

from conflict_incidents.release.errors import ReleaseDefect, ReleaseError, ReleaseRefused

__all__ = ["ReleaseDefect", "ReleaseError", "ReleaseRefused"]
