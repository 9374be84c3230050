"""`python -m conflict_incidents` is the command `incidents`."""

import sys

from conflict_incidents.cli import main

sys.exit(main())
