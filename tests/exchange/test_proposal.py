"""`incidents import table FILE --propose`: a first mapping of tables of several shapes and languages."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canaries import find_canaries
from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.core.names import fold
from conflict_incidents.exchange.importers import mapping
from conflict_incidents.exchange.importers.proposal import propose
from conflict_incidents.exchange.importers.tabular.grid import SourceTableError
from conflict_incidents.records.days import DateForm, read_day

ENGLISH = """Event ID,Date of incident,Governorate,Village/Town,Latitude,Longitude,Type of attack,Weapon used,Blamed,\
Killed,Killed civilians,Injured,Source,Source link,Date of report,Narrative
A-1,03/01/2021,Idlib,Salqin,36.1386,36.4503,Air raid,Barrel bomb,Red Army,4,4,9,Local Radio,https://example.org/1,\
04/01/2021,An aircraft dropped a bomb
A-2,15/01/2021,Idlib,Ariha,35.8136,36.6081,Shelling,Artillery; Mortar,"Red Army, Blue Army",1,1,several,Local Radio,\
https://example.org/2,16/01/2021,Shelling of the southern side
""".replace("\\\n", "")
FRENCH = """Incidents du Nord-Kivu;;;;;;;;
;;;;;;;;
N°;Date;Territoire;Localité;Coordonnées;Nature;Morts;Déplacés;Sources
1;5 mars 2022;Beni;Oicha;0.6970, 29.5180;Attaque armée;12;1 200;Radio Locale
2;17 août 2022;Rutshuru;Kiwanja;-1.3540, 29.4000;Affrontements;inconnu;3 500;Radio Locale, Société civile
"""
ARABIC = """{"رقم": 1, "السنة": 2019, "الشهر": "تموز", "اليوم": 5, "المكان": {"الاسم": "كفرنبل", "خط العرض": 35.61, \
"خط الطول": 36.56}, "نوع الهجوم": "غارة جوية", "السلاح": ["صواريخ", "هاون"], "عدد القتلى": 3, "المصدر": "مركز محلي"}
{"رقم": 2, "السنة": 2019, "الشهر": "آب", "اليوم": null, "المكان": {"الاسم": "كفرزيتا", "خط العرض": 35.37, \
"خط الطول": 36.6}, "نوع الهجوم": "برميل", "السلاح": [], "عدد القتلى": "أكثر من 5", "المصدر": "مركز محلي"}
""".replace("\\\n", "")
SPANISH = """fecha;departamento;vereda;latitud;longitud;tipo de hecho;presunto responsable;muertos;heridos;fuente
12/03/2018;Cauca;El Jagual;3,1736;-76,2592;Homicidio;Grupo armado;1;0;Defensoría
11/03/2018;Chocó;Truandó;7,3000;-77,2000;Mina antipersonal;;0;1;Defensoría
"""
PARTS = """eventid,iyear,imonth,iday,country_txt,provstate,city,attacktype1_txt,gname,min killed,max killed,\
Maximum civilians reported killed,References,links
7,2015,1,0,Syria,Idlib,Sarmin,Bombing/Explosion,Unknown,2,3,1,http://a.example/1 http://a.example/2,
8,2015,1,2,Iraq,Baghdad,Baghdad,Armed attack,Reds,,4,,,
""".replace("\\\n", "")
SURVEY = """_id,date,ctry,loc,victims/killed,killed boys,victims/wounded,reported by
1,08sep2021,Yemen,Taiz,"1٬200",3,7,A; B
2,09sep2021,Yemen,Taiz,.,,0,A
"""
NESTED = """{"id": "a", "date": {"year": 2016, "month": 8, "day": 1}, "country": "Syria", "launch_place": "Ariha", \
"attack type": "IED attack", "deaths": {"note": "6 by one of the agencies, while others count as many as 10 of them", \
"reportedMin": 6, "reportedMax": 10}}
{"id": "b", "date": {"year": 2016, "month": 8, "day": 2}, "country": "Syria", "launch_place": "Salqin", \
"attack type": "IED attack", "deaths": {"note": "Two", "reportedMin": 2, "reportedMax": 2}}
""".replace("\\\n", "")
BODIES = """Made-up counts,,,,,
Copyright,,,,,
Code,Date,Country,Province,Minimum,Reported Maximum
a1,2007-01-05,Iraq,Basra,3,5
a2,2007-01-06,Iraq,Basra,4,4
"""


@pytest.mark.parametrize(
    ("name", "text", "records", "lines"),
    [
        (
            "a.csv",
            ENGLISH,
            [{"kind": "airstrike", "date": "2021-01-03", "killed": {"total": 4, "civilians": 4}, "wounded": 9}],
            ["dates: {order: dmy}", 'separator: ","', "several (1x)", "Narrative: free text, which may name people"],
        ),
        (
            "b.csv",
            FRENCH,
            [
                {"kind": "shooting", "date": "2022-03-05", "killed": 12, "displaced": 1200},
                {"kind": "clash", "date": "2022-08-17", "displaced": 3500},
            ],
            [
                "header: 3",
                "thousands: space",
                "country: XX # CHECK: which? by its positions UGA, COD",
                "latlon: Coordonnées",
                "Sources: several in a cell",
            ],
        ),
        (
            "c.jsonl",
            ARABIC,
            [
                {"kind": "airstrike", "date": "2019-07-05", "killed": 3},
                {"kind": "other", "date": "2019-08-01", "killed": {"at_least": 6}},
            ],
            ["country: SYR", "month: الشهر", "# برميل: CHECK"],
        ),
        (
            "d.csv",
            SPANISH,
            [
                {"kind": "execution", "date": "2018-03-12", "killed": 1, "wounded": 0},
                {"kind": "landmine", "date": "2018-03-11", "killed": 0, "wounded": 1},
            ],
            ["country: COL", 'decimal: ","', 'id: "{fecha} {vereda}" # CHECK'],
        ),
        (
            "e.csv",
            PARTS,
            [
                {
                    "kind": "bombing",
                    "date": "2015-01-01",
                    "killed": {"total": {"between": [2, 3]}, "civilians": {"at_most": 1}},
                },
                {"kind": "shooting", "date": "2015-01-02", "killed": {"at_most": 4}},
            ],
            [
                'id: "{eventid}"',
                "country: {column: country_txt}",
                "actor: {column: gname}",
                "References: not decided yet",
            ],
        ),
        (
            "f.csv",
            SURVEY,
            [
                {"kind": "unspecified", "date": "2021-09-08", "killed": {"total": 1200, "boys": 3}, "wounded": 7},
                {"kind": "unspecified", "date": "2021-09-09", "wounded": 0},
            ],
            [
                "{total: {column: victims/killed}, boys: {column: killed boys}} # CHECK: is victims/killed",
                'thousands: "٬"',
            ],
        ),
        (
            "g.jsonl",
            NESTED,
            [
                {"kind": "bombing", "date": "2016-08-01", "killed": {"between": [6, 10]}},
                {"kind": "bombing", "date": "2016-08-02", "killed": 2},
            ],
            ["- name: {column: launch_place} # CHECK: is launch_place that?", "  deaths.note: free text"],
        ),
    ],
)
def test_a_proposal_imports_what_is_certain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, records: list[Any], lines: list[str]
) -> None:
    file, mapping_file, root = tmp_path / name, tmp_path / "mapping.yaml", tmp_path / "set"
    file.write_text(text, "utf-8")
    create_dataset(root)
    assert main(["import", "table", str(file), "--propose", "--out", str(mapping_file)]) == 0
    for line in lines:
        assert line in mapping_file.read_text("utf-8")
    country = "COD" if name == "b.csv" else "SYR"
    mapping_file.write_text(mapping_file.read_text("utf-8").replace("country: XX", f"country: {country}"), "utf-8")
    main(["import", "table", str(file), "--mapping", str(mapping_file), "--root", str(root)])
    documents = [yaml.safe_load(one.read_text("utf-8")) for one in (root / "data/incidents").rglob("*.yaml")]
    outputs = []
    for record in documents:
        day = record["date"]["from"] if isinstance(record["date"], dict) else record["date"]
        claim = {key: value for key, value in record["claims"][0].items() if key not in ("by", "in")}
        outputs.append({"kind": record["kind"], "date": str(day), **claim})
    assert sorted(outputs, key=str) == sorted(records, key=str)
    assert main(["validate", "--root", str(root)]) == 0
    capsys.readouterr()
    assert main(["import", "table", str(file), "--propose", "--out", str(mapping_file)]) == 1
    assert "exists; name another file" in capsys.readouterr().err


def test_bounds_alone_are_killed_and_a_province_alone_the_place_to_be_checked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(BODIES, "utf-8")
    text = propose(tmp_path / "a.csv", None, None, None)
    assert "- name: {column: Province} # CHECK: the column with the place\n    level: area\n" in text
    (tmp_path / "mapping.yaml").write_text(text, "utf-8")
    mapping.load(tmp_path / "mapping.yaml")
    assert "killed: {min: Minimum, max: Reported Maximum} # CHECK: is Minimum and Reported Maximum that?" in text


def test_a_proposal_repeats_no_cell_that_may_be_personal(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "date,country,place,killed,event_type\n"
        "2022-09-08,Zuhayra Qandeelmo,Hafsarjah,+963944555666,Ahmad Qandeelmo\n"
        "2022-09-09,Syria,Hafsarjah,a few,Odd Skirmish\n",
        "utf-8",
    )
    proposal = propose(table, None, None, None)
    assert find_canaries(proposal) == set()
    assert "a few (1x)" in proposal
    assert "Odd Skirmish" in proposal


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Report,,,,\n,,Killed,,Injured\nRef,Date,M,F,M\n1,2021-05-01,1,1,2\n", "row 3: columns 3 and 5 .* named `M`"),
        ("ID,Date,Date,Village\n1,2022-09-01,2022-09-02,Ariha\n", "row 1: columns 2 and 3 .* named `Date`"),
    ],
)
def test_a_heading_that_names_two_columns_alike_is_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(SourceTableError, match=message):
        propose(file, None, None, None)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "id,incident_date,town\n1,early May 2022,Ariha\n2,5-6 May 2022,Binnish\n",
            ["date: {column: incident_date} # CHECK: many cells are no date"],
        ),
        (
            "id,date,year,month,town,counted by\n1,2022-05-01,2022,5,Ariha,A\n2,2022-05-02,2022,5,Binnish,B\n",
            ["  year: not decided yet", "  month: not decided yet", "  counted by: not decided yet"],
        ),
        (
            "date,latitude,longitude,deaths,deaths_low,deaths_high\n2022-05-01,35.1,36.2,3,2,5\n2022-05-01,35.3,36.1,4,,\n",
            ['id: "{date}" # CHECK', "killed: {min: deaths_low, max: deaths_high, best: deaths}"],
        ),
        (
            "id,date,town,killed,injured,victims\n1,3/27/90,Ariha,1,2,3\n2,4/1/05,Binnish,0,1,1\n",
            ["dates: {order: mdy, century: 1900} # CHECK: of which century", "  victims: not decided yet"],
        ),
        (
            "id,seen on,state governor,photo url,town\n1,2022-05-01,A,https://example.org/1,Ariha\n",
            [
                "date: {column: seen on} # CHECK: is seen on that?",
                "adm1: {column: state governor} # CHECK: is state governor that?",
                "url: photo url # CHECK: is photo url that?",
            ],
        ),
    ],
)
def test_what_is_uncertain_is_marked_and_what_is_unused_is_listed(tmp_path: Path, text: str, lines: list[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text, "utf-8")
    proposal = propose(file, None, None, None)
    assert [line for line in lines if line not in proposal] == []


def test_a_proposal_of_a_table_without_dates_or_places_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("a,b\n1,x\n2,y\n", "utf-8")
    text = propose(file, None, None, None)
    for line in (
        "country: XX # CHECK",
        "date: {column: DATE} # CHECK",
        "name: {column: PLACE}} # CHECK",
        "  a: not decided",
    ):
        assert line in text.replace("- name: {column: PLACE} #", "- name: {column: PLACE}} #")
    (tmp_path / "mapping.yaml").write_text(text, "utf-8")
    with pytest.raises(SourceTableError, match="`XX` is no country"):
        mapping.load(tmp_path / "mapping.yaml")


words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}"), min_size=1, max_size=12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(words, min_size=1, max_size=6, unique_by=lambda name: name.strip()), st.data())
def test_any_table_has_a_proposal_that_can_be_read(tmp_path: Path, names: list[str], data: st.DataObject) -> None:
    rows = [names, *data.draw(st.lists(st.tuples(*[words for _ in names]), max_size=4))]
    file, mapping_file = tmp_path / "t.csv", tmp_path / "mapping.yaml"
    lines = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    try:
        text = propose(file, "utf-8", ",", None)
    except SourceTableError:
        return
    mapping_file.write_text(text.replace("country: XX", "country: SYR"), "utf-8")
    mapping.load(mapping_file)


def test_names_of_months_have_one_meaning_each() -> None:
    rows = (Path(mapping.__file__).parents[2] / "records/month_names.csv").read_text("utf-8").splitlines()[1:]
    names = Counter(name for row in rows for name in row.split(",")[1].split("|"))
    assert [name for name, times in names.items() if times > 1] == []
    for row in rows:
        month, _, all_names = row.partition(",")
        for name in all_names.split("|"):
            assert read_day(f"5 {name} 2022", DateForm()) == f"2022-{int(month):02}-05"
    assert read_day("5 de mayo de 2022", DateForm()) == "2022-05-05"


@pytest.mark.parametrize("file", ["column_names.csv", "word_meanings.csv"])
def test_the_lists_of_names_have_no_name_twice(file: str) -> None:
    rows = (Path(mapping.__file__).with_name(file)).read_text("utf-8").splitlines()[1:]
    keys: list[tuple[str, str]] = []
    for row in rows:
        *head, names = row.split(",")
        keys += {(head[0], name) for name in map(fold, names.split("|"))}
    lists = {"word_meanings.csv": lambda key: key, "column_names.csv": lambda key: key[1]}[file]
    twice = [key for key, times in Counter(map(lists, keys)).items() if times > 1]
    assert [key for key in twice if key not in ("day", "jour")] == []
