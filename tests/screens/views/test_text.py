"""How text breaks: at spaces, at soft hyphens, never in the middle of a word, and never as markup."""

from __future__ import annotations

from screens.views import text, theme
from screens.views.scene import Rect
from screens.views.theme import Style

BODY = Style(32, 44)


def lines(words: str, width: int, *, even: bool = False) -> list[str]:
    wrapped = (text.balanced if even else text.wrap)((text.Run(words, theme.REGULAR),), BODY.size, width)
    return ["".join(run.text for run in line.runs) for line in wrapped]


def test_a_sentence_breaks_at_spaces() -> None:
    assert lines("We only show a document to its owner.", 300) == ["We only show a", "document to its", "owner."]


def test_a_long_word_breaks_at_its_soft_hyphens_with_a_hyphen() -> None:
    assert lines("Dokumenten\u00adaus\u00adgabe", 200) == ["Dokumenten-", "aus\u00adgabe"]


def test_a_soft_hyphen_not_needed_is_not_drawn() -> None:
    words, _ = text.paragraph("aus\u00adgabe", BODY, "text", Rect(0, 0, 400, 0))
    assert [word.text for word in words] == ["ausgabe"]


def test_a_no_break_space_keeps_number_and_unit_together() -> None:
    assert lines("bis 16:00\u00a0Uhr", 120) == ["bis", "16:00\u00a0Uhr"]


def test_a_headline_breaks_into_lines_of_about_the_same_length() -> None:
    assert lines("What would you like to do today", 420, even=True) == ["What would you", "like to do today"]


def test_brackets_from_data_are_letters_not_markup() -> None:
    words, _ = text.paragraph("[b]Anna[/b] & [color=ff0000]", BODY, "text", Rect(0, 0, 900, 0))
    assert words[0].text == "[b]Anna[/b] & [color=ff0000]"


def test_two_cuts_share_a_line_and_its_baseline() -> None:
    runs = (text.Run("The ", theme.REGULAR), text.Run("pickup code", theme.SEMIBOLD))
    words = text.lay(text.wrap(runs, 32, 900), BODY, "text", Rect(10, 20, 900, 0))
    assert [word.text for word in words] == ["The ", "pickup code"]
    assert words[1].rect.x == words[0].rect.right
    assert words[0].rect.y == words[1].rect.y


def test_every_language_on_offer_can_be_drawn() -> None:
    for word in ("Українська", "Türkçe", "Română", "Tiếng Việt", "Ελληνικά"):
        assert text.measure(word, theme.SEMIBOLD, 36)[0] > 0
    assert text.is_arabic("العربية")
    assert not text.is_arabic("Deutsch")


def test_a_font_that_was_closed_and_opened_again_measures_as_before() -> None:
    sentence = "Ohne Berührung schließt sie sich nach 90 Sekunden."
    sizes = range(20, 20 + text.KEPT_OPEN + 6)
    text.wipe()
    before = {size: text.measure(sentence, theme.REGULAR, size) for size in sizes}
    for size in sizes:  # one is in use all the time: it is the one opened first that is closed
        text.wipe()
        assert text.measure(sentence, theme.REGULAR, sizes[0]) == before[sizes[0]]
        assert text.measure(sentence, theme.REGULAR, size) == before[size]
