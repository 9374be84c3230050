"""Countries by name and code."""

import pytest

from conflict_incidents.core.countries import alpha3, name_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("Syria", "SYR"), ("760", "SYR"), ("4", "AFG"), ("sy", "SYR"), ("Türkiye", "TUR"), ("NA", "NAM")],
        *[("XXA", "XXA"), ("Ivory Coast", "CIV"), ("Côte d'Ivoire", "CIV"), ("DR Congo", "COD"), ("Congo", "COG")],
    ],
)
def test_countries_by_name_and_code(text: str, code: str) -> None:
    assert alpha3(text) == code
    assert alpha3(f"{text}x") is None


@pytest.mark.parametrize(
    ("code", "name"), [("SYR", "Syria"), ("CIV", "Ivory Coast"), ("KOR", "South Korea"), ("XXA", "XXA")]
)
def test_a_country_is_called_by_its_usual_name(code: str, name: str) -> None:
    assert name_of(code) == name
