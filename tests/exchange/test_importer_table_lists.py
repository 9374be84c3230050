"""Several values in a cell: actors, places, originators, weapons."""

import pytest

from table_imports import MAPPING, Run, copy_empty_dataset, prepare_run

root = pytest.fixture(copy_empty_dataset)
run = pytest.fixture(prepare_run)
LISTS = (
    MAPPING
    + """new: {actors: create}
attributions: [{by: group, in: ours, actor: {column: Side, separator: ","}, stance: alleged}]
parties: [{actor: {column: Side, separator: ",", words: {Reds: red-army}}, side: b, by: group, in: ours}]
actors: [{id: red-army, name: Red Army, kind: state_forces}]
"""
)


SIDES = """Ref,Day,Kind,Place,Dead,Side
A,2022-09-08,raid,X,7,"Green Army, Red Army"
B,2022-09-08,raid,X,7,"Red Army,Green Army"
"""


def test_a_cell_that_lists_actors_names_each_in_whichever_order(run: Run) -> None:
    code, output = run(SIDES + "C,2022-09-08,raid,X,7,Reds\nD,2022-09-08,raid,X,7,\n", LISTS)
    assert (code, "look like a list" in output) == (0, False), output
    names = ["green-army", "red-army"]
    parties = [[party["actor"] for party in record.get("parties", [])] for record in run.records()]
    assert sorted(parties) == [[], names, names, ["red-army"]]
    assert {party["side"] for record in run.records() for party in record.get("parties", [])} == {"b"}
    assert [[one["actor"] for one in record["attributions"]] for record in run.records() if "parties" in record].count(
        names
    ) == 2
    assert run.validate()[0] == 0


def test_a_list_without_a_separator_is_counted(run: Run) -> None:
    code, output = run(SIDES, LISTS.replace(', separator: ","', ""))
    assert (code, "4 times: cells of `Side` look like a list, and were taken as one actor" in output) == (0, True), (
        output
    )


def test_a_list_of_places_is_counted(run: Run) -> None:
    code, output = run('Ref,Day,Kind,Place,Dead\nA,2022-09-08,raid,X; Y,7\nB,2022-09-08,raid,"Z, Y",7\n', MAPPING)
    assert (code, "1 times: cells of `Place` look like a list of places, and were taken as one" in output) == (
        0,
        True,
    ), output


def test_each_of_several_originators_in_a_cell_makes_the_claim(run: Run) -> None:
    mapping = MAPPING.replace("by: group", 'by: {column: Who, separator: ";", otherwise: group}', 1)
    mapping += "new: {organisations: create}\n"
    code, output = run(
        "Ref,Day,Kind,Place,Dead,Who\nA,2022-09-08,raid,X,7+,Monitor B; Monitor A;monitor b\nB,2022-09-08,raid,X,,M;N\n"
        "C,2022-09-08,raid,X,7,\n",
        mapping,
    )
    assert (code, "look like a list" in output) == (0, False), output
    claims = [[(one["by"], one["killed"]) for one in record.get("claims", [])] for record in run.records()]
    pairs = [("monitor-a", {"at_least": 7}), ("monitor-b", {"at_least": 7})]
    assert sorted(claims, key=len) == [[], [("group", 7)], pairs]
    assert run.validate()[0] == 0


def test_weapons_in_a_list(run: Run) -> None:
    mapping = MAPPING + "weapons: [{by: group, in: ours, kind: {column: With, separator: and, else: other}}]\n"
    run("Ref,Day,Kind,Place,Dead,With\nA,2022-09-08,raid,X,7,barrel bomb and sandstorm\n", mapping)
    assert [weapon["kind"] for weapon in run.records()[0]["weapons"]] == ["barrel_bomb", "other"]
