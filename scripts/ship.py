"""What the wheel and the source archive take along besides the code: the index of releases, and the current release.

Both where there are any: a checkout in which nothing was built or published makes a wheel without.

A step of hatchling's build. Prevents: an installed package that can load nothing without a network, and one that ships
a release which is still being written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

RELEASE = "release/current"
INDEX = "releases.json"
SHIPPED = {
    "wheel": {RELEASE: "conflict_incidents/data/release", INDEX: f"conflict_incidents/{INDEX}"},
    "sdist": {RELEASE: RELEASE, INDEX: INDEX},
}
"""Their place in the wheel, where `conflict_incidents.release.loading` finds them."""


class ReleaseHook(BuildHookInterface[BuilderConfig]):
    """Ships index and release with a wheel or source archive; an editable install uses those of the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Tell hatchling of the release; see its documentation of build hooks."""
        for name, target in SHIPPED[self.target_name].items() if version != "editable" else ():
            if (source := Path(self.root, name).resolve()).exists():
                build_data["force_include"][str(source)] = target
