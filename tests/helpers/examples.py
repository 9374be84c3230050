"""How many examples Hypothesis makes of a test: `EXAMPLES`, 8 by default and 300 in `./scripts/test --long`."""

from __future__ import annotations

import os

EXAMPLES = int(os.environ.get("EXAMPLES", "8"))
FEW = max(5, EXAMPLES // 3)
"""Of tests that take a tenth of a second and more for each example."""
