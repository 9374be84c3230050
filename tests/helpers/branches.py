"""A dataset in a repository, for the tests of changes on a branch."""

from pathlib import Path

from repositories import Repository
from rule_cases import HOMES, edit_record, lay_out

FIRST, SECOND, LAST = (f"data/incidents/SYR/2022/SYR-202209{end}.yaml" for end in ("09-aaaa", "10-bbbb", "11-cccc"))
UNRELATED = "data/incidents/SYR/2022/SYR-20220908-k2fd.yaml"
NOTE = "note: Near Hafsarjah the road to Armanaz was cut, as Ahmad Example, 9, said.\n"


def write_repository(folder: Path) -> Repository:
    """Commit a small dataset with references between all kinds of records, some invalid; create the branch `work`."""
    repository = Repository.create(folder)
    lay_out(folder)
    for base in ("incident", "place", "actor", "organisation", "aggregate"):
        repository.write(HOMES[base], edit_record(base))
    repository.write(
        HOMES["waivers"], edit_record("waivers", {"PLC013": "DAT003", "SYR-20220908-k2fd": "SYR-20220909-aaaa"})
    )
    chain = "SYR-20220909-aaaa", "SYR-20220910-bbbb", "SYR-20220911-cccc"
    for number, id in enumerate(chain):
        day = f"{id[4:8]}-{id[8:10]}-{id[10:12]}"
        text = edit_record("incident", {"SYR-20220908-7q4m": id, "date: 2022-09-08": f"date: {day}"})
        after = chain[number + 1 :][:1]
        links = f"links: [{{kind: part_of, incident: {after[0]}}}]\n" if after else ""
        repository.write(f"data/incidents/SYR/2022/{id}.yaml", text + (links + NOTE * (number == 1)).encode())
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "work")
    return repository


def replace_text(repository: Repository, path: str, *pairs: tuple[str, str]) -> None:
    """Replace texts in a file of a repository."""
    text = (repository.folder / path).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    repository.write(path, text)
