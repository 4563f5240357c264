"""The command line of ./run: few options, each in the help, each mistake told in a sentence."""

from __future__ import annotations

import re

import pytest

from deploy.demonstration.options import HELP, Format, Screen, make_parser, parse


def test_the_help_names_every_option_and_no_other() -> None:
    known = {word for action in make_parser()._actions for word in action.option_strings if word.startswith("--")}
    assert set(re.findall(r"^  (--[a-z-]+)", HELP.read_text(encoding="utf-8"), re.MULTILINE)) == known


def test_without_options_the_data_is_kept_and_the_screen_chooses_itself() -> None:
    options = parse([])
    assert (options.reset, options.screen, options.format, options.language) == (False, Screen.AUTO, None, "de")


def test_a_small_english_kiosk_in_the_browser() -> None:
    options = parse(["--format", "small", "--language", "en", "--screen", "browser", "--port-base", "9000", "--reset"])
    assert (options.format, options.language, options.screen) == (Format.SMALL, "en", Screen.BROWSER)
    assert (options.port_base, options.reset) == (9000, True)


def test_identity_cards_lie_on_the_dock_unless_nobody_wants_them() -> None:
    assert [parse(words).german_card for words in ([], ["--german-card"], ["--no-german-card"])] == [True, True, False]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--fromat", "small"], "unrecognized arguments: --fromat small"),
        (["--format", "big"], "invalid choice: 'big'"),
        (["--port-base", "80"], "'80' is not a port from 1024 to 65531"),
        (["--port-base", "65534"], "'65534' is not a port from 1024 to 65531"),
        (["--port-base", "many"], "'many' is not a port"),
        (["--keep", "--reset"], "not allowed with"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parse(arguments)
    assert end.value.code == 2
    assert sentence in capsys.readouterr().err


def test_asking_for_help_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(["--help", "--reset"])
    assert end.value.code == 0
    assert capsys.readouterr().out == HELP.read_text(encoding="utf-8")
