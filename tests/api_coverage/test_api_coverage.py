"""docs/api-coverage.md is what the tables say, and where they are not Binance's it says so."""

from pathlib import Path

from tests.api_coverage.document import document, mistakes

PAGE = Path(__file__).parents[2] / "docs" / "api-coverage.md"


def test_weights_and_speeds_are_binances_and_every_note_is_true() -> None:
    assert mistakes() == []


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text() == document(), "make coverage-doc writes it anew"
