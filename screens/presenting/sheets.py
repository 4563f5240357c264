"""What lies above a page: settings, languages, help, and the idle warning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from screens.icons import Icon
from screens.look import Colours, Speed, TextSize
from screens.pages import (
    ChangeLook,
    CloseSheet,
    EndSession,
    Heading,
    Key,
    KeyState,
    LanguageKey,
    Languages,
    Layout,
    Note,
    Ring,
    Segment,
    Sheet,
    Stay,
    Steps,
    Tone,
    Weight,
)
from screens.presenting.occasion import own_name, primary
from screens.wording import Words, later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.look import Look
    from screens.pages import Page
    from screens.presenting.occasion import Occasion
    from screens.steps import HelpSheet, IdleWarning, LanguageSheet, SettingsSheet

T = TypeVar("T")


def settings_sheet(step: SettingsSheet, o: Occasion) -> Page:
    """Offer text size, colours, reach and reading speed."""
    say, look = o.say, o.look
    text = (
        (TextSize.NORMAL, say("Normal")),
        (TextSize.LARGE, say("Large")),
        (TextSize.VERY_LARGE, say("Very large")),
    )
    colours = (
        (Colours.LIGHT, say("Light")),
        (Colours.DARK, say("Dark")),
        (Colours.HIGH_CONTRAST, say("High contrast")),
    )
    reach = ((False, say("Whole screen")), (True, say("Lower part only")))
    speed = ((Speed.SLOW, say("Slow")), (Speed.NORMAL, say("Normal")), (Speed.FAST, say("Fast")))
    return o.page(
        step,
        Layout.SHEET,
        Heading(say("Make it easier to use")),
        Segment(
            say("Text size"),
            Icon.FORMAT_SIZE,
            tuple(_choice(f"text_{v.value}", w, replace(look, text=v), on=v is look.text) for v, w in text),
        ),
        Segment(
            say("Colours"),
            Icon.CONTRAST,
            tuple(_choice(f"colours_{v.value}", w, replace(look, colours=v), on=v is look.colours) for v, w in colours),
        ),
        Segment(
            say("Where the buttons are"),
            Icon.ACCESSIBLE,
            tuple(
                _choice("reach_low" if v else "reach_whole", w, replace(look, low_reach=v), on=v is look.low_reach)
                for v, w in reach
            ),
        ),
        Segment(
            say("Reading speed"),
            Icon.VOLUME_UP,
            tuple(_choice(f"speed_{v.value}", w, replace(look, speed=v), on=v is look.speed) for v, w in speed),
        ),
        actions=(_done(o),),
        sheet=Sheet.SETTINGS,
        session=step.session,
    )


def _choice(name: str, words: str, look: Look, *, on: bool) -> Key:
    return Key(
        name,
        words,
        ChangeLook(look),
        icon=Icon.CHECK if on else None,
        icon_first=True,
        state=KeyState.ON if on else KeyState.NORMAL,
    )


def _done(o: Occasion) -> Key:
    return primary("done", o.say("Done"), CloseSheet(), Icon.CHECK, icon_first=True)


def language_sheet(step: LanguageSheet, o: Occasion) -> Page:
    """Offer every language."""
    keys = tuple(_language(o, tag) for tag in o.surroundings.languages)
    return o.page(
        step,
        Layout.SHEET,
        Heading(o.say("Choose your language")),
        Languages("", Icon.LANGUAGE, keys),
        actions=(_done(o),),
        sheet=Sheet.LANGUAGE,
        session=step.session,
    )


def _language(o: Occasion, tag: str) -> LanguageKey:
    words, chosen = Words(tag), tag == o.look.language
    key = Key(
        f"language_{tag}",
        own_name(words),
        ChangeLook(replace(o.look, language=tag)),
        icon=Icon.CHECK if chosen else Icon.ARROW_FORWARD,
        state=KeyState.ON if chosen else KeyState.NORMAL,
    )
    return LanguageKey(
        key, words.apart("below the name of the language, on the language sheet", "Go on in English"), rtl=words.rtl
    )


_TOUCH_TO_GO_ON: Final = later("Touch a key with a thick lower edge.")
_KEYS_BELOW: Final = later("Change language, text and colours with the keys below.")
_END: Final = later("“End session” deletes everything you entered.")

_HELP: Final[Mapping[str, tuple[str, str, str]]] = {
    "Attract": (
        later("Touch your language. Then we begin."),
        later("You do not need an appointment here."),
        _KEYS_BELOW,
    ),
    "Home": (later("Touch what you would like to do."), _KEYS_BELOW, _END),
    "ChooseWay": (
        later("Touch the way that suits you best."),
        later("Without card and letter you need number and birthday."),
        _END,
    ),
    "ScanLetter": (
        later("Find the QR code in your letter."),
        later("Hold it flat, a hand’s width away."),  # noqa: RUF001  an apostrophe
        later("Your phone can show the letter too."),
    ),
    "EnterDocumentNumber": (
        later("The number stands in your letter, beside the QR code."),
        later("Touch the characters one by one."),
        later("“Delete” takes the last character away."),
    ),
    "EnterBirthDate": (
        later("Type day, month and year with eight digits."),
        later("Put a zero before one digit: 04."),
        later("“Delete” takes the last digit away."),
    ),
    "PlaceCard": (
        later("The reader is below this screen, on the right."),
        later("Take the card out of its cover, and lay it flat."),
        later("Identity cards, passports and residence permits can be read."),
    ),
    "ReadingCard": (
        later("Leave the card where it is."),
        later("We read your name and your birthday, nothing else."),
        _END,
    ),
    "EnterCan": (
        later("You may take the card off to look."),
        later("The 6 digits stand alone, on the front."),
        later("“Delete” takes the last digit away."),
    ),
    "EnterCardNumber": (
        later("The number stands on the page with your picture."),
        later("Leave spaces and dashes out."),
        later("“Delete” takes the last character away."),
    ),
    "BeginOwnPin": (
        later("The 5-digit PIN is in the letter sent after your card."),
        later("You choose 6 digits and type them twice."),
        later("The PIN stays in the card. Nobody can read it there."),
    ),
    "EnterPin": (
        later("Hold your hand above the keys while you type."),
        later("After three mistyped PINs the counter has to help."),
        later("“Delete” takes the last digit away."),
    ),
    "EnterPickupCode": (
        later("Enter the twelve digits one by one."),
        later("The code opens one compartment, once."),
        later("“Delete” takes the last digit away."),
    ),
    "StaffSignIn": (
        later("This page is for employees of the town."),
        later("Show your staff card, or type your four digits."),
        later("The office gives out cards and PINs."),
    ),
    "StaffPin": (
        later("Type the six digits that the office gave you."),
        later("After five tries the page is locked for a while."),
        later("The office can give you a new PIN."),
    ),
    "LockerOpen": (
        later("The map shows where the compartment is."),
        later("Take your document, then close the door."),
        later("If it stays closed, touch “It did not open”."),
    ),
    "ShowStatus": (
        later("At the top you see whether you can collect it."),
        later("Take the answer with you: phone or paper."),
        _END,
    ),
    "BulkyStart": (
        later("“Order a pickup” begins a new order."),
        later("“I have an order” needs the slip from then."),
        _KEYS_BELOW,
    ),
    "EnterOrderNumber": (
        later("The number stands large on your slip."),
        later("Leave the two letters in front of it out."),
        later("“Delete” takes the last character away."),
    ),
    "EnterChangeCode": (
        later("The code stands on the part that you kept."),
        later("Without it nobody can change your order."),
        later("“Delete” takes the last digit away."),
    ),
    "ShowOrder": (
        later("At the top you see how your order stands."),
        later("“Change” shows the days that are free."),
        _END,
    ),
    "ChooseBags": (
        later("Plus and minus change how many you get."),
        later("Free bags need a voucher of the town."),
        later("You pay on the next page."),
    ),
    "PayByCard": (
        later("The card machine is to the right of the screen."),
        later("Only what you get is charged."),
        _END,
    ),
    "ScanBagVoucher": (
        later("Find the QR code on the voucher."),
        later("Hold it flat, a hand’s width away."),  # noqa: RUF001  an apostrophe
        later("A voucher is good once."),
    ),
    "ScanVoucher": (
        later("Find the QR code on the voucher."),
        later("Hold it flat, a hand’s width away."),  # noqa: RUF001  an apostrophe
        later("One voucher pays for one pickup."),
    ),
}
"""Three sentences for each page that differs, by its step's name."""

_HELP_ANYWHERE: Final = (_TOUCH_TO_GO_ON, _KEYS_BELOW, _END)


def help_sheet(step: HelpSheet, o: Occasion) -> Page:
    """Say in three sentences how the page beneath works, and who helps."""
    say = o.say
    sentences = _HELP.get(step.about, _HELP_ANYWHERE)
    return o.page(
        step,
        Layout.SHEET,
        Heading(say("This is how it works")),
        Steps(tuple(say(sentence) for sentence in sentences)),
        Note(Tone.INFO, Icon.SUPPORT_AGENT, o.help_here(), strong=say("Would you rather talk to someone?")),
        actions=(_done(o),),
        sheet=Sheet.HELP,
        session=step.session,
    )


def idle_warning(step: IdleWarning, o: Occasion) -> Page:
    """Hide the page and ask whether the citizen is still there."""
    say = o.say
    return o.page(
        step,
        Layout.IDLE,
        Note(Tone.QUIET, Icon.VISIBILITY_OFF, say("Your page is hidden while we wait")),
        Ring(step.seconds_left, step.seconds_in_all),
        Heading(
            say("Are you still there?"),
            say.several(
                "To protect your data we end the session in {number} second.",
                "To protect your data we end the session in {number} seconds.",
                step.seconds_left,
            ),
        ),
        actions=(
            Key("end_now", say("No, end the session"), EndSession(), Weight.SECONDARY, Icon.LOGOUT, icon_first=True),
            primary("stay", say("Yes, continue"), Stay(), None),
        ),
    )
