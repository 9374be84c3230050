"""Versions: which is later, and the least that a change demands."""

import pytest

from conflict_incidents.core.versions import Bump, least, release_version


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.03", "1.2.x", "1.2.3 ", "1.2.3-rc.1", "1.2.3+a", "\u0661.2.3"]
)
def test_what_is_no_version_is_not_taken_for_one(text: str) -> None:
    assert release_version(text) is None


def test_versions_are_ordered_as_semver_orders_them() -> None:
    versions = ["0.1.0", "0.1.9", "0.1.10", "1.0.0", "1.0.1", "1.1.0", "2.0.0", "10.0.0"]
    read = [release_version(text) for text in versions]
    assert [str(one) for one in read] == versions
    assert sorted([one for one in read[::-1] if one]) == read


@pytest.mark.parametrize(
    ("before", "bump", "change"),
    [
        ("1.4.2", Bump.NONE, "1.4.2"),
        ("1.4.2", Bump.PATCH, "1.4.3"),
        ("1.4.2", Bump.MINOR, "1.5.0"),
        ("1.4.2", Bump.MAJOR, "2.0.0"),
        ("0.1.4", Bump.PATCH, "0.1.5"),
        ("0.1.4", Bump.MINOR, "0.2.0"),
        ("0.1.4", Bump.MAJOR, "0.2.0"),
    ],
)
def test_each_step_leads_to_the_least_version_that_it_demands(before: str, bump: Bump, change: str) -> None:
    version = release_version(before)
    assert version is not None
    assert str(least(version, bump)) == change
