"""Settings of the whole suite: in CI hypothesis repeats the same examples, elsewhere it looks for new ones.

EXAMPLES says how many a test takes that doesn't say so itself.
"""

import os

from hypothesis import settings

EXAMPLES = int(os.environ.get("EXAMPLES", "100"))
settings.register_profile("ci", max_examples=EXAMPLES, derandomize=True, deadline=None)
settings.register_profile("here", max_examples=EXAMPLES, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
