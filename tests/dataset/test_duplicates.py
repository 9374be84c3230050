"""Possible duplicates: every pair within the limits is found, likely ones come first, answered ones stay away."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conflict_incidents.cli import main
from conflict_incidents.core.findings import Shown
from conflict_incidents.core.geo import Event, apart_days, apart_km, pairs_within
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.duplicates import MAX_IN_A_CELL, Comparison, compare, datable_facts, rank
from conflict_incidents.dataset.index_rows import REACH, Facts, Toll, near_keys
from conflict_incidents.dataset.similarity import NEAR, Within
from incident_datasets import airstrike, dataset_of, incidents_of
from samples import Tree, place, withdrawn

ONE, OTHER, THIRD = "SYR-20220908-7q4m", "SYR-20220908-k2fd", "SYR-20220910-m8xr"

LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from([90.0, -90.0, 0.0]), st.floats(35.9, 36.1))
LONGITUDES = st.one_of(st.floats(-180, 180), st.sampled_from([180.0, -180.0, 0.0]), st.floats(36.4, 36.6))
EVENTS = st.builds(
    lambda positions, first, length, unplaced: Event(tuple(positions), first, first + length, frozenset(unplaced)),
    st.lists(st.tuples(LATITUDES, LONGITUDES), max_size=2),
    st.integers(737000, 737040),
    st.sampled_from([0, 0, 0, 1, 6, 30, 365]),
    st.sets(st.sampled_from(["idlib", "benin"]), max_size=1),
)


def compared(tmp_path: Path, *trees: Tree, **options: Any) -> Comparison:
    dataset = dataset_of(tmp_path / "dataset", trees)
    return compare(incidents_of(dataset), dataset, **options)


def ids(comparison: Comparison) -> list[tuple[str, str]]:
    return [(pair.one.id, pair.other.id) for pair in comparison.pairs]


def scores(tmp_path: Path, *trees: Tree) -> float:
    (pair,) = compared(tmp_path, *trees).pairs
    return pair.score


@given(st.lists(EVENTS, max_size=25), st.sampled_from([0.0, 1.0, 10.0, 500.0, 21000.0]), st.sampled_from([0, 1, 3, 40]))
def test_the_grid_finds_exactly_the_pairs_that_comparing_all_with_all_finds(
    events: list[Event], km: float, days: int
) -> None:
    pairs = list(pairs_within(events, km, days))
    expected = [
        (i, j)
        for i, j in combinations(range(len(events)), 2)
        if (distance := apart_km(events[i], events[j])) is not None
        and distance <= km
        and apart_days(events[i], events[j]) <= days
    ]
    assert sorted(pairs) == expected
    assert len(set(pairs)) == len(pairs)


@given(LATITUDES.filter(lambda lat: abs(lat) < 88), LONGITUDES, st.floats(-0.05, 0.05), st.floats(-1.4, 1.4))
@example(0.0, 180.0, 0.0, 0.04)
@example(87.9, 0.99, 0.0, 1.1)
def test_incidents_within_five_kilometres_have_a_key_in_common(lat: float, lon: float, up: float, east: float) -> None:
    one, other = Event(((lat, lon),), 1, 1), Event(((lat + up, (lon + east + 180) % 360 - 180),), 1, 1)
    distance = apart_km(one, other)
    if distance is not None and distance <= NEAR.km:
        asking, near = (crowd(1)[0]._replace(event=event) for event in (one, other))
        assert near_keys(asking, [1], REACH) & near_keys(near, [1])


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((35.0, 36.0), (36.0, 36.0), 111.2),
        ((0.0, 179.999), (0.0, -179.999), 0.2),
        ((89.999, 0.0), (89.999, 180.0), 0.2),
        ((0.0, 0.0), (0.0, 180.0), 20015.1),
    ],
    ids=["a degree of latitude", "over the date line", "over the pole", "half round the Earth"],
)
def test_distances_are_along_the_surface(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    distance = apart_km(Event((one,), 1, 1), Event((other,), 1, 1))
    assert distance == pytest.approx(km, abs=0.1)


def pairs_in(text: str) -> list[tuple[str, ...]]:
    """Return the ids of the pairs that the command printed."""
    return [tuple(line.split()[1:3]) for line in text.splitlines() if " km " in line]


def test_dates_that_overlap_are_no_day_apart() -> None:
    assert apart_days(Event((), 10, 20), Event((), 15, 15)) == 0
    assert apart_days(Event((), 10, 12), Event((), 15, 15)) == 3


def test_two_records_of_one_strike_are_a_pair_and_say_why(tmp_path: Path) -> None:
    (pair,) = compared(tmp_path, airstrike(ONE, killed=7), airstrike(OTHER, killed={"at_least": 5})).pairs
    assert (pair.one.id, pair.other.id, pair.km, pair.days) == (ONE, OTHER, 0.0, 0)
    assert pair.why == ("the same place", "tolls overlap")
    assert pair.score > 75


def test_what_is_too_far_or_too_long_ago_is_no_pair(tmp_path: Path) -> None:
    trees = airstrike(ONE), airstrike(OTHER, at="idlib"), airstrike("SYR-20220912-m8xr")
    assert ids(compared(tmp_path, *trees)) == []
    assert ids(compared(tmp_path, *trees, within=Within(15, 3))) == [(ONE, OTHER)]
    assert ids(compared(tmp_path, *trees, within=Within(0, 4))) == [(ONE, "SYR-20220912-m8xr")]


def test_unknown_toll_is_neutral_evidence_and_not_zero(tmp_path: Path) -> None:
    agreeing = scores(tmp_path / "a", airstrike(ONE, killed=7), airstrike(OTHER, killed=7))
    unknown = scores(tmp_path / "u", airstrike(ONE, killed=7), airstrike(OTHER))
    zero = scores(tmp_path / "z", airstrike(ONE, killed=7), airstrike(OTHER, killed=0))
    assert agreeing > unknown > zero


def test_a_large_toll_that_agrees_says_more_than_a_small_one(tmp_path: Path) -> None:
    one = scores(tmp_path / "1", airstrike(ONE, killed=1), airstrike(OTHER, killed=1))
    many = scores(tmp_path / "30", airstrike(ONE, killed=30), airstrike(OTHER, killed=30))
    assert many > one


def test_tolls_that_can_both_be_right_agree_and_those_that_cannot_do_not(tmp_path: Path) -> None:
    overlap = scores(
        tmp_path / "o", airstrike(ONE, killed={"at_least": 5}), airstrike(OTHER, killed={"between": [6, 9]})
    )
    conflict = scores(
        tmp_path / "c", airstrike(ONE, killed={"at_least": 10}), airstrike(OTHER, killed={"between": [6, 9]})
    )
    assert overlap > conflict


def test_a_place_known_only_by_its_province_says_little(tmp_path: Path) -> None:
    governorate = place("governorate", level="adm1", lat=35.9, lon=36.6, coordinates="centroid", admin={"adm1": "SY07"})
    vague = [airstrike(id, at="governorate", killed=7) for id in (ONE, OTHER)]
    assert scores(tmp_path / "v", governorate, *vague) < scores(
        tmp_path / "p", airstrike(ONE, killed=7), airstrike(OTHER, killed=7)
    )


def test_the_same_place_without_a_position_is_still_the_same_place(tmp_path: Path) -> None:
    (pair,) = compared(tmp_path, place("benin"), airstrike(ONE, at="benin"), airstrike(OTHER, at="benin")).pairs
    assert pair.km == 0


def test_another_spelling_in_the_registry_makes_two_places_one_name(tmp_path: Path) -> None:
    near = {"lat": 35.33, "lon": 40.14, "coordinates": "published", "country": "SYR"}
    deir_ez_zor = place("deir-ez-zor", name="Deir ez-Zor", names=[{"text": "Dayr az-Zawr"}], **near)
    other = place("dayr-az-zawr", name="Dayr az Zawr", **near)
    (pair,) = compared(
        tmp_path, deir_ez_zor, other, airstrike(ONE, at="deir-ez-zor"), airstrike(OTHER, at="dayr-az-zawr")
    ).pairs
    assert "places of the same name" in pair.why


def test_names_are_compared_without_accents_case_and_signs() -> None:
    assert fold("Ḥāfsarjah") == fold("HAFSARJAH")
    assert fold("Ma'arrat al-Nu\u02bfman") == "maarrat al numan"


def test_two_ids_in_the_same_dataset_speak_against_a_pair(tmp_path: Path) -> None:
    def coded_strike(id: str, foreign: str) -> Tree:
        return airstrike(id, killed=7, external=[{"scheme": "ucdp-ged", "id": foreign}])

    plain = scores(tmp_path / "p", airstrike(ONE, killed=7), airstrike(OTHER, killed=7))
    separate = scores(tmp_path / "a", coded_strike(ONE, "1"), coded_strike(OTHER, "2"))
    assert separate < 0.7 * plain


def test_shared_external_id_is_certain_at_any_distance(tmp_path: Path) -> None:
    external = [{"scheme": "ucdp-ged", "id": "1"}]
    trees = airstrike(ONE, external=external), airstrike("SYR-20190101-k2fd", at="idlib", external=external)
    (pair,) = compared(tmp_path, *trees).pairs
    assert pair.score == 100
    assert pair.why[0] == "the same id in ucdp-ged"


def by_article(id: str, killed: Any, url: str = "https://example.org/a", **more: Any) -> Tree:
    report = {"id": "sabah", "publisher": "daily-sabah", "url": url, "published": "2022-09-09"}
    return airstrike(id, killed=killed, reports=[report], **more)


def test_shared_number_in_one_article_is_a_pair_at_any_distance(
    tmp_path: Path,
) -> None:
    later = by_article("SYR-20190101-k2fd", 7, "https://EXAMPLE.org/a?utm_source=x", at="idlib")
    (pair,) = compared(tmp_path / "same", by_article(ONE, 7), later).pairs
    assert pair.score >= 90
    assert pair.why[0] == "the same article, originator and number"
    for name, killed, url in (("zero", 0, "a"), ("another number", 8, "a"), ("another article", 7, "b")):
        other = by_article("SYR-20190101-k2fd", killed, f"https://example.org/{url}", at="idlib")
        first = by_article(ONE, 0 if name == "zero" else 7)
        assert compared(tmp_path / name.replace(" ", ""), first, other).pairs == [], name


def crowd(count: int) -> list[Facts]:
    """Incidents of one place and day, each with one more killed than the one before."""
    event = Event(((36.0, 36.5),), 737000, 737000)
    toll = {number: {"killed": Toll(number, number, number, False, Shown(str(number)))} for number in range(count)}
    names = (frozenset({"idlib"}), ("idlib",))
    empty: dict[str, Any] = {"actors": frozenset(), "external": {}, "dismissals": {}}
    return [Facts(f"SYR-{n:08d}-aaaa", "Shelling", event, 1.0, *names, toll[n], **empty) for n in range(count)]


def test_pairs_of_a_dense_place_grow_with_its_records_and_what_is_left_out_is_counted() -> None:
    (few, left_out), (twice, _) = (rank(crowd(count), Within()) for count in (200, 400))
    assert len(twice) < 2.3 * len(few)
    assert len(few) + left_out == 200 * 199 / 2
    nearest = {int(pair.other.id[4:12]) - int(pair.one.id[4:12]) for pair in few}
    assert max(nearest) == MAX_IN_A_CELL, "those whose tolls are nearest"
    pairs, left_out = rank(crowd(200), Within(), only={"SYR-00000007-aaaa"})
    assert (len(pairs), left_out) == (199, 0)


def test_what_is_left_out_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conflict_incidents.dataset.duplicates.MAX_IN_A_CELL", 1)
    dataset_of(tmp_path, [airstrike(ONE), airstrike(OTHER), airstrike("SYR-20220908-bbbb")])
    assert main(["duplicates", "--root", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert captured.out.endswith("2 pairs to look at\n")
    assert captured.err.startswith("incidents: 1 comparisons were left out in dense places")


def test_two_sources_are_matched_one_to_one_the_likeliest_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def of(scheme: str, id: str, **more: Any) -> Tree:
        return airstrike(id, external=[{"scheme": scheme, "id": id}], **more)

    a, b = of("ucdp-ged", ONE, killed=7), of("ucdp-ged", "SYR-20220909-aaaa", killed=7)
    c, d = of("acled", OTHER, killed=7), airstrike(THIRD, killed=7, collection="ours")
    dataset_of(tmp_path, [a, b, c, d])
    command = ["duplicates", "--root", str(tmp_path), "--between"]
    assert main([*command, "acled", "ucdp-ged"]) == 0
    captured = capsys.readouterr()
    assert pairs_in(captured.out) == [(ONE, OTHER)]
    assert captured.err == "incidents: compared 1 of `acled` and 2 of `ucdp-ged`; each is in one pair at most\n"
    assert main([*command, "ours", "ucdp-ged"]) == 0
    assert pairs_in(capsys.readouterr().out) == [("SYR-20220909-aaaa", THIRD)]
    assert main([*command, "acled", "ucdp-gedd"]) == 2
    assert "did you mean `ucdp-ged`?" in capsys.readouterr().err
    assert main([*command, "acled", "acled"]) == 2


def test_events_with_no_actor_in_common_are_less_likely_one(tmp_path: Path) -> None:
    def by(id: str, actor: str) -> Tree:
        attribution = {"by": "sohr", "in": "sabah", "actor": actor, "stance": "alleged"}
        return airstrike(id, killed=7, attributions=[attribution])

    same = scores(tmp_path / "s", by(ONE, "air-force"), by(OTHER, "air-force"))
    other = scores(tmp_path / "o", by(ONE, "air-force"), by(OTHER, "army"))
    assert other < same


@pytest.mark.parametrize("kind", ["not_duplicate_of", "duplicate_of", "part_of", "follows", "same_target"])
def test_a_pair_that_a_link_answers_is_ranked_only_when_asked_for(tmp_path: Path, kind: str) -> None:
    dataset = dataset_of(tmp_path, [airstrike(ONE), airstrike(OTHER, links=[{"kind": kind, "incident": ONE}])])
    assert compare(incidents_of(dataset), dataset).pairs == []
    ((pair,), _) = rank(datable_facts(incidents_of(dataset), dataset)[0], Within(), accepted=True)
    assert pair.accepted == kind


def test_the_same_day_is_no_answer(tmp_path: Path) -> None:
    trees = airstrike(ONE), airstrike(OTHER, links=[{"kind": "same_day", "incident": ONE}])
    assert ids(compared(tmp_path, *trees)) == [(ONE, OTHER)]


def test_a_withdrawn_record_is_nobodys_duplicate(tmp_path: Path) -> None:
    assert compared(tmp_path, airstrike(ONE), withdrawn(OTHER)).pairs == []


def test_what_has_no_day_to_compare_is_named(tmp_path: Path) -> None:
    assert compared(tmp_path, airstrike(ONE, date="2022-02-30"), airstrike(OTHER)).undated == [ONE]


def test_order_of_pairs_is_independent_of_order_of_records(tmp_path: Path) -> None:
    trees = [airstrike(ONE, killed=7), airstrike(OTHER, killed=7), airstrike(THIRD), airstrike("SYR-20220909-bbbb")]
    dataset = dataset_of(tmp_path / "dataset", trees)
    incidents = incidents_of(dataset)
    assert ids(compare(incidents, dataset)) == ids(compare(reversed(incidents), dataset))


def test_pairs_are_a_warning_and_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset_of(tmp_path, [airstrike(ONE, killed=7), airstrike(OTHER, killed=7)])
    assert main(["duplicates", "--root", str(tmp_path)]) == 0
    first, _, last = capsys.readouterr().out.splitlines()
    assert first.split()[1:3] == [ONE, OTHER]
    assert "killed 7 | 7" in first
    assert last == "1 pair to look at"


def test_only_pairs_with_what_was_named_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset_of(tmp_path, [airstrike(ONE), airstrike(OTHER), airstrike(THIRD)])
    root = ["--root", str(tmp_path)]
    assert main(["duplicates", THIRD, *root]) == 0
    by_id = capsys.readouterr().out
    assert {other for _, other in pairs_in(by_id)} == {THIRD}
    assert main(["duplicates", *root, "--limit", "1"]) == 0
    assert len(pairs_in(capsys.readouterr().out)) == 1


def test_an_unknown_id_is_named_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset_of(tmp_path, [airstrike(ONE)])
    assert main(["duplicates", "SYR-20220908-7q4n", "--root", str(tmp_path)]) == 2
    assert f"did you mean `{ONE}`" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_a_failure_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset_of(tmp_path, [airstrike(ONE)])
    (tmp_path / f"data/incidents/SYR/2022/{OTHER}.yaml").write_text("id: [", "utf-8")
    assert main(["duplicates", "--root", str(tmp_path)]) == 1
    assert f"{OTHER}.yaml can't be read" in capsys.readouterr().err


@pytest.mark.parametrize("within", ["10", "x,3", "-1,3", "nan,3", "inf,3", "10,-1", "10,1.5", "10,3,4"])
def test_limits_that_are_none_are_refused(within: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as excinfo:
        main(["duplicates", f"--within={within}"])
    assert excinfo.value.code == 2
    assert "isn't kilometres and days, as 10,3" in capsys.readouterr().err
