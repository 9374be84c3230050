"""The labelled set of texts that privacy rules are measured on: its size, its labels, its parts and its variety."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

SET = Path(__file__).parent / "texts" / "privacy_set.tsv"
LANGUAGES = ("en", "fr", "es", "tr", "ar", "fa")
ALL_LANGUAGES = (*LANGUAGES, "uk", "ru")
"""Ukrainian is of the third round and later ones, Russian of the fourth and the fifth."""
HELD_LANGUAGES = ("en", "fr", "es", "ar", "uk", "ru")
"""Those of the fifth round."""
SINGLE = {"my", "sw", "ku"}
LABELS = ("person", "contact", "clean")
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"  # Persian writes it within words
KINDS = {"text", "title", "note", "locator", "excerpt", "reason", "place", "organisation", "cell"}


@dataclass(frozen=True)
class LabelledText:
    """A row of the set; `personal` and `public` are what `text` contains, not marked in texts of the kind `text`."""

    part: str
    language: str
    label: str
    kind: str
    text: str
    personal: tuple[str, ...]
    public: tuple[str, ...]


def pieces(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(" | ")) if cell else ()


def labelled_texts() -> list[LabelledText]:
    lines = SET.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    rows = [line.split("\t") for line in lines]
    assert rows[0] == ["part", "language", "label", "kind", "text", "personal", "public"]
    return [
        LabelledText(part, language, label, kind, text, pieces(personal), pieces(public))
        for part, language, label, kind, text, personal, public in rows[1:]
    ]


TEXTS = labelled_texts()
PARTS = sorted({row.part for row in TEXTS})


def frame(row: LabelledText) -> str:
    """Normalise a text to its words, without names, places, contacts, numbers, punctuation and case."""
    text = row.text
    for piece in sorted((*row.personal, *row.public), key=len, reverse=True):
        text = text.replace(piece, " \N{BULLET} ")
    text = re.sub(r"(?<=[^\W\d_] )[A-ZÀ-ÞÇĞİÖŞÜ][\w'-]*", " \N{BULLET} ", text)  # a capital within a sentence: a name
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    words = re.findall(r"[^\W\d_]+|\N{BULLET}", text.casefold())
    rest = [word for word, before in zip(words, ["", *words], strict=False) if word != before or word != "\N{BULLET}"]
    return " ".join(rest)


def test_frame_leaves_out_names_places_and_numbers() -> None:
    one = LabelledText("tune", "en", "person", "note", "Killed: Ann Xu, 34, in Aleppo.", ("Ann Xu",), ("Aleppo",))
    two = LabelledText("tune", "en", "person", "note", "killed - Bo Ya (7) in Homs", ("Bo Ya",), ("Homs",))
    assert frame(one) == frame(two) == "killed \N{BULLET} in \N{BULLET}"


def test_set_is_large_enough_in_every_language() -> None:
    labels = Counter((row.language, row.label) for row in TEXTS)
    assert {cell for cell in labels if cell[0] not in SINGLE} == set(product(ALL_LANGUAGES, LABELS))
    assert {row.language for row in TEXTS} == {*ALL_LANGUAGES, *SINGLE}
    assert len(TEXTS) >= 4500
    assert sum(row.label == "clean" for row in TEXTS) >= 2200
    assert min(labels[language, "person"] for language in ALL_LANGUAGES) >= 40
    assert min(labels[language, "clean"] for language in LANGUAGES) >= 110
    assert min(labels[language, "person"] for language in LANGUAGES) >= 100
    assert min(labels[language, "contact"] for language in LANGUAGES) >= 34


def test_each_text_is_there_once_and_tidy() -> None:
    assert [text for text, times in Counter(row.text for row in TEXTS).items() if times > 1] == []
    assert [row.text for row in TEXTS if row.text != row.text.strip()] == []
    assert [row.text for row in TEXTS if not row.text.replace(ZWNJ, "").isprintable()] == []
    assert {row.kind for row in TEXTS} == KINDS


def test_labels_agree_with_what_is_marked_as_personal() -> None:
    assert [row for row in TEXTS if bool(row.personal) != (row.label != "clean" and row.kind != "text")] == []
    assert [row for row in TEXTS if any(piece not in row.text for piece in (*row.personal, *row.public))] == []


def test_each_part_has_every_language_and_label() -> None:
    assert set(PARTS) <= {"tune", "held"}
    sizes = Counter((row.part, row.language, row.label) for row in TEXTS)
    assert min(sizes["tune", *cell] for cell in product(ALL_LANGUAGES, LABELS)) >= 4
    assert min(sizes["held", *cell] for cell in product(HELD_LANGUAGES, LABELS)) >= 3


def test_no_sentence_frame_is_used_more_than_three_times() -> None:
    frames = Counter((row.language, frame(row)) for row in TEXTS)
    # A bare name or number (an organisation, a p-code) has no words around it that could repeat.
    assert {key: times for key, times in frames.items() if times > 3 and key[1] not in ("", "\N{BULLET}")} == {}


def test_excerpts_are_short() -> None:
    assert [row.text for row in TEXTS if row.kind == "excerpt" and len(row.text.split()) > 15] == []
