"""Memory that a step no longer needs is returned."""

from conflict_incidents.core.memory import empty_caches
from conflict_incidents.core.persons.words import fold
from conflict_incidents.tables import contract


def test_the_caches_of_limited_size_are_emptied_and_the_others_kept() -> None:
    assert fold("Žepa") == "zepa"
    tables = contract.tables()
    empty_caches()
    assert fold.cache_info().currsize == 0
    assert contract.tables() is tables
