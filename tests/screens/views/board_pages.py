"""The pages of the design board as values, word for word, to lay the drawing beside the board."""

from __future__ import annotations

from screens.icons import Icon
from screens.look import Colours, Look, Speed, TextSize
from screens.pages import (
    Answer,
    Banner,
    Cells,
    ChangeLook,
    CloseSheet,
    DeleteCharacter,
    Dot,
    EndSession,
    FactRow,
    Facts,
    Family,
    Header,
    Heading,
    Key,
    Keyboard,
    KeyboardKind,
    KeyState,
    LanguageKey,
    Languages,
    Layout,
    Mention,
    Mentions,
    Note,
    OpenSheet,
    Option,
    Options,
    Page,
    PlaceRow,
    Places,
    ReadAloud,
    Ring,
    Segment,
    Sheet,
    Small,
    StartAgain,
    Stay,
    StepHeader,
    Submit,
    TakeAway,
    Tile,
    Tiles,
    Timeline,
    TimelineRow,
    Tone,
    Turn,
    TurnPage,
    TypeCharacter,
    Weight,
    Welcome,
)
from screens.steps import BACK, Begin

HEADER = Header("Musterstadt", "Citizen terminal", "10:24", "Tuesday, 16 June")
LOOK = Look(language="en")
REACH_LINE = "Low reach is on: all buttons are below this line."


def bar(first: str = "English", *, on: str = "", session: bool = True) -> tuple[Key, ...]:
    """The fixed bar."""

    def key(name: str, words: str, icon: Icon, act: OpenSheet | ReadAloud | ChangeLook) -> Key:
        return Key(name, words, act, Weight.BAR, icon, state=KeyState.ON if name == on else KeyState.NORMAL)

    keys = (
        key("language", first, Icon.LANGUAGE, OpenSheet(Sheet.LANGUAGE)),
        key("text_size", "Text size", Icon.FORMAT_SIZE, OpenSheet(Sheet.SETTINGS)),
        key("contrast", "Contrast", Icon.CONTRAST, ChangeLook(LOOK)),
        key("listen", "Listen", Icon.VOLUME_UP, ReadAloud()),
        key("low_reach", "Low reach", Icon.ACCESSIBLE, ChangeLook(LOOK)),
        key("help", "Help", Icon.HELP, OpenSheet(Sheet.HELP)),
    )
    return (*keys, END) if session else keys


END = Key("end", "End session", EndSession(), Weight.END, Icon.LOGOUT)


def compact_bar(*, on: str = "") -> tuple[Key, ...]:
    """The bar of large text and of the small panel."""
    state = KeyState.ON if on == "settings" else KeyState.NORMAL
    return (
        Key("language", "English", OpenSheet(Sheet.LANGUAGE), Weight.BAR, Icon.LANGUAGE),
        Key("settings", "Settings", OpenSheet(Sheet.SETTINGS), Weight.BAR, Icon.TEXT_FIELDS, state=state),
        Key("listen", "Listen", ReadAloud(), Weight.BAR, Icon.VOLUME_UP),
        Key("help", "Help", OpenSheet(Sheet.HELP), Weight.BAR, Icon.HELP),
        END,
    )


def _tile(name: str, words: str, line: str, icon: Icon, family: Family, *, available: bool = True) -> Tile:
    return Tile(Key(name, words, Answer(name)), line, icon, family, available)


def _tiles(*, bags: bool = True) -> Tiles:
    return Tiles(
        (
            _tile("status", "Document status", "Is it ready yet?", Icon.TASK, Family.DOCUMENTS),
            _tile("collect", "Collect a document", "Pick it up here, now", Icon.HAND_PACKAGE, Family.DOCUMENTS),
            _tile("bulky", "Bulky waste pickup", "Book a free collection", Icon.WEEKEND, Family.WASTE),
            _tile(
                "bags",
                "Garbage bags",
                "Buy here, take away" if bags else "Not available at the moment",
                Icon.SHOPPING_BAG,
                Family.WASTE,
                available=bags,
            ),
            _tile("parking", "Residents\u2019 parking permit", "Apply or renew", Icon.LOCAL_PARKING, Family.LIVING),
            _tile("housing", "Housing benefit check", "Could you get it?", Icon.HOME, Family.LIVING),
            _tile("pension", "Pension services", "Account and advice", Icon.ELDERLY, Family.ADVICE),
            _tile("who", "Who is responsible?", "Find the right office", Icon.PERSON_SEARCH, Family.ADVICE),
        )
    )


def home(*, bags: bool = True, on: str = "") -> Page:
    """02, 17b, 20a, 20d, 20e, 20g."""
    notice = Note(
        Tone.WARN,
        Icon.CREDIT_CARD_OFF,
        "You can buy garbage bags at counter 3 until 16:00.",
        "Card payment is not available at the moment.",
    )
    return Page(
        "Home",
        Layout.HOME,
        "en",
        HEADER,
        (Heading("What would you like to do?", over="Good morning"), _tiles(bags=bags)),
        bar=bar(on=on),
        compact_bar=compact_bar(),
        notice=None if bags else notice,
        reach_line=REACH_LINE,
    )


def home_in_german() -> Page:
    """02 de."""
    words = (
        ("Dokument-Status", "Ist es schon da?"),
        ("Dokument abholen", "Gleich mitnehmen"),
        ("Sperrmüll anmelden", "Kostenlose Abholung"),
        ("Müllsäcke", "Gleich mitnehmen"),
        ("Bewohnerparken", "Neu oder verlängern"),
        ("Wohngeld-Check", "Habe ich Anspruch?"),
        ("Rente", "Konto und Beratung"),
        ("Wer ist zuständig?", "Das richtige Amt"),
    )
    tiles = tuple(
        Tile(Key(tile.key.name, title, tile.key.act), line, tile.icon, tile.family)
        for tile, (title, line) in zip(_tiles().tiles, words, strict=True)
    )
    labels = ("Deutsch", "Schrift", "Kontrast", "Vorlesen", "Tiefer", "Hilfe", "Beenden")
    keys = tuple(Key(key.name, label, key.act, key.weight, key.icon) for key, label in zip(bar(), labels, strict=True))
    return Page(
        "Home",
        Layout.HOME,
        "de",
        Header("Musterstadt", "Bürgerterminal", "10:24", "Dienstag, 16. Juni"),
        (Heading("Was möchten Sie erledigen?", over="Guten Morgen"), Tiles(tiles)),
        bar=keys,
    )


def attract() -> Page:
    """01."""
    names = (
        ("de", "Deutsch", "Hier beginnen"),
        ("leicht", "Leichte Sprache", "Einfach erklärt"),
        ("en", "English", "Start here"),
        ("tr", "Türkçe", "Buradan başlayın"),  # noqa: RUF001 - Turkish
        ("uk", "Українська", "Почати тут"),
        ("ar", "العربية", "ابدأ من هنا"),
        ("pl", "Polski", "Zacznij tutaj"),
        ("ro", "Română", "Începeți aici"),
    )
    languages = tuple(
        LanguageKey(
            Key(tag, name, Answer(Begin(tag)), icon=Icon.MENU_BOOK if tag == "leicht" else Icon.ARROW_FORWARD),
            line,
            rtl=tag == "ar",
        )
        for tag, name, line in names
    )
    mentions = (
        Mention(Icon.TASK, Family.DOCUMENTS, "Check a document"),
        Mention(Icon.HAND_PACKAGE, Family.DOCUMENTS, "Collect a document"),
        Mention(Icon.WEEKEND, Family.WASTE, "Book a bulky pickup"),
        Mention(Icon.SHOPPING_BAG, Family.WASTE, "Buy garbage bags"),
        Mention(Icon.HOME, Family.LIVING, "Parking and housing"),
        Mention(Icon.ELDERLY, Family.ADVICE, "Pension and advice"),
    )
    return Page(
        "Attract",
        Layout.ATTRACT,
        "en",
        HEADER,
        (
            Welcome(
                (("Welcome", "Willkommen im Rathaus Musterstadt"), ("Willkommen", "Welcome to Musterstadt town hall"))
            ),
            Mentions("What you can do here", mentions),
            Languages("Touch your language to begin", Icon.TOUCH_APP, languages),
        ),
        bar=bar("More", session=False),
    )


def identify() -> Page:
    """03."""

    def option(name: str, title: str, sentence: str, art: str, tag: str = "") -> Option:
        return Option(Key(name, title, Answer(name)), art, sentence, tag, Icon.BOLT if tag else None)

    return Page(
        "ChooseWay",
        Layout.QUESTION,
        "en",
        HEADER,
        (
            Heading(
                "How should we find your document?",
                "We only show a document to the person it belongs to. Choose the way that suits you.",
            ),
            Note(Tone.QUIET, Icon.LOCK, "Nothing you show here is stored on this terminal."),
            Options(
                (
                    option(
                        "card",
                        "With my ID card",
                        "Hold the card on the reader and type the number printed on it.",
                        "eid-card",
                        "Quickest way",
                    ),
                    option(
                        "letter", "With my letter", "Hold the QR code in the letter under the scanner.", "letter-qr"
                    ),
                    option("number", "With the order number", "Type the number and your birthday.", "number"),
                )
            ),
        ),
        step_header=StepHeader(Icon.TASK, Family.DOCUMENTS, "Document status", "Step 1 of 3", 1, 3),
        actions=(BACK_KEY,),
        bar=bar(),
        compact_bar=compact_bar(),
        reach_line=REACH_LINE,
    )


BACK_KEY = Key("back", "Back", Answer(BACK), Weight.SECONDARY, Icon.ARROW_BACK, icon_first=True)

_ROWS = (
    TimelineRow(Dot.DONE, "Applied", "18 May"),
    TimelineRow(Dot.DONE, "In production", "20 May"),
    TimelineRow(Dot.DONE, "Arrived in Musterstadt", "12 June"),
    TimelineRow(Dot.NOW, "Ready to collect", "since 15 June"),
    TimelineRow(Dot.LATER, "Collected", "not yet"),
)


def status(*, on: str = "") -> Page:
    """05, 20b, 20c, 20f."""
    banner = Banner(
        Tone.OK,
        Icon.CHECK_CIRCLE,
        "Your ID card is ready",
        "You can take it with you today.",
        "Identity card \u00b7 order 4711-0815",
    )
    timeline = Timeline("Where it is", _ROWS, Icon.HAND_PACKAGE)
    printing = Key("print", "Print", Answer("print"), Weight.SECONDARY, Icon.PRINT, icon_first=True)
    return Page(
        "ShowStatus",
        Layout.RESULT,
        "en",
        HEADER,
        (
            banner,
            timeline,
            TakeAway(
                "Take this with you", "https://musterstadt.example/d/4711-0815", "Scan it with your phone", printing
            ),
            Facts(
                "What you need to collect it",
                (
                    FactRow(Icon.PIN, "The pickup code from your letter", "pickup code"),
                    FactRow(Icon.ID_CARD, "Your old ID card, if you still have it", "old ID card"),
                ),
            ),
            Note(
                Tone.QUIET,
                Icon.SHIELD,
                "Private: this page is deleted when you end the session. "
                "It closes by itself after 90 seconds without a touch.",
            ),
        ),
        compact_blocks=(banner, timeline, Turn(Key("turn", "What you need", TurnPage(1)), "Page 1 of 2")),
        actions=(
            BACK_KEY,
            Key("collect", "Collect it now", Answer("collect"), Weight.PRIMARY, Icon.ARROW_FORWARD),
        ),
        bar=bar(on=on),
        compact_bar=compact_bar(on="settings"),
        private=True,
        parts=2,
        reach_line=REACH_LINE,
    )


def collect(text: str = "7QK4M", *, wrong: bool = False, short: bool = False) -> Page:
    """06, 20h; `short` words for the narrow keys of low reach."""
    keys = tuple(Key(f"key_{c}", c, TypeCharacter(c)) for c in "23456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    done = len(text) == 8
    return Page(
        "EnterDocumentNumber",
        Layout.ENTRY,
        "en",
        HEADER,
        (
            Heading(
                "Type your pickup code",
                "It has 8 characters. You find it in your letter or e-mail.",
                art="letter-code",
            ),
            Cells((4, 4), text, wrong),
            Keyboard(
                KeyboardKind.LETTERS,
                keys,
                Key("delete", "Delete", DeleteCharacter(), icon=Icon.BACKSPACE, icon_first=True),
                Key("again", "Again" if short else "Start again", StartAgain(), icon=Icon.REFRESH, icon_first=True),
            ),
        ),
        step_header=StepHeader(Icon.HAND_PACKAGE, Family.DOCUMENTS, "Collect a document", "Step 1 of 2", 1, 2),
        actions=(
            BACK_KEY,
            Key(
                "submit",
                "Open" if short else "Open compartment",
                Submit(),
                Weight.PRIMARY,
                Icon.LOCK_OPEN,
                state=KeyState.NORMAL if done else KeyState.NOT_YET,
            ),
        ),
        bar=bar(),
        compact_bar=compact_bar(),
        reach_line=REACH_LINE,
        private=True,
    )


def digits(text: str = "483") -> Page:
    """04b."""
    keys = tuple(Key(f"key_{c}", c, TypeCharacter(c)) for c in "1234567890")
    return Page(
        "EnterBirthDate",
        Layout.ENTRY,
        "en",
        HEADER,
        (
            Heading(
                "Type the 6 digits printed on your card",
                "It is on the front, at the bottom right. This is not your PIN.",
                art="eid-card",
            ),
            Cells((6,), text),
            Keyboard(
                KeyboardKind.DIGITS,
                keys,
                Key("delete", "Delete", DeleteCharacter(), icon=Icon.BACKSPACE),
                Key("again", "Start again", StartAgain(), icon=Icon.REFRESH),
            ),
        ),
        step_header=StepHeader(Icon.TASK, Family.DOCUMENTS, "Document status", "Step 2 of 3", 2, 3),
        actions=(
            BACK_KEY,
            Key("submit", "Continue", Submit(), Weight.PRIMARY, Icon.ARROW_FORWARD, state=KeyState.NOT_YET),
        ),
        bar=bar(),
        compact_bar=compact_bar(),
        reach_line=REACH_LINE,
        private=True,
    )


def idle(left: int = 18) -> Page:
    """16."""
    return Page(
        "IdleWarning",
        Layout.IDLE,
        "en",
        HEADER,
        (
            Note(Tone.QUIET, Icon.VISIBILITY_OFF, "Your page is hidden while we wait"),
            Ring(left, 30),
            Heading("Are you still there?", f"To protect your data we end the session in {left} seconds."),
        ),
        actions=(
            Key("leave", "No, end the session", EndSession(), Weight.SECONDARY, Icon.LOGOUT, icon_first=True),
            Key("stay", "Yes, continue", Stay(), Weight.PRIMARY),
        ),
        bar=bar(),
        compact_bar=compact_bar(),
        reach_line=REACH_LINE,
    )


def out_of_service() -> Page:
    """17a."""
    return Page(
        "OutOfService",
        Layout.OUT_OF_SERVICE,
        "en",
        HEADER,
        (
            Heading(
                "This terminal is not working",
                "Sorry. A technician knows about it and is on the way.",
                art="kiosk-off",
            ),
            Note(Tone.INFO, Icon.VERIFIED_USER, "Is it in a compartment? Ask at counter 3.", "Your document is safe"),
            Places(
                "You can do it here instead",
                (
                    PlaceRow(
                        Icon.STOREFRONT,
                        "Counter 3, on this floor",
                        "Open today until 16:00 \u00b7 no appointment needed",
                    ),
                    PlaceRow(
                        Icon.PIN_DROP,
                        "Terminal in the town library",
                        "Marktplatz 4 \u00b7 5 minutes on foot \u00b7 open until 19:00",
                    ),
                    PlaceRow(Icon.CALL, "Call 115", "Monday to Friday, 8:00 to 18:00"),
                    PlaceRow(
                        Icon.QR_CODE_2,
                        "Online with your phone",
                        "Scan the code: musterstadt.example/services",
                        "https://musterstadt.example/services",
                    ),
                ),
            ),
            Small("Terminal MS-02 \u00b7 since 09:41 \u00b7 L-07"),
        ),
        bar=bar(session=False),
    )


def settings() -> Page:
    """23."""

    def segment(title: str, icon: Icon, on: int, names: tuple[tuple[str, str], ...]) -> Segment:
        keys = tuple(
            Key(name, words, ChangeLook(LOOK), state=KeyState.ON if number == on else KeyState.NORMAL)
            for number, (name, words) in enumerate(names)
        )
        return Segment(title, icon, keys)

    return Page(
        "SettingsSheet",
        Layout.SHEET,
        "en",
        HEADER,
        (
            Heading("Make it easier to use"),
            segment(
                "Text size",
                Icon.FORMAT_SIZE,
                0,
                (("text_normal", "Normal"), ("text_large", "Large"), ("text_very_large", "Very large")),
            ),
            segment(
                "Colours",
                Icon.CONTRAST,
                0,
                (("colours_light", "Light"), ("colours_dark", "Dark"), ("colours_hc", "High contrast")),
            ),
            segment(
                "Where the buttons are",
                Icon.ACCESSIBLE,
                0,
                (("reach_all", "Whole screen"), ("reach_low", "Lower part only")),
            ),
            segment(
                "Reading speed",
                Icon.VOLUME_UP,
                1,
                (("speed_slow", "Slow"), ("speed_normal", "Normal"), ("speed_fast", "Fast")),
            ),
        ),
        actions=(Key("done", "Done", CloseSheet(), Weight.PRIMARY, Icon.CHECK, icon_first=True),),
        bar=bar(on="text_size"),
        compact_bar=compact_bar(on="settings"),
        reach_line=REACH_LINE,
    )


DARK = Look("en", colours=Colours.DARK)
HIGH_CONTRAST = Look("en", colours=Colours.HIGH_CONTRAST)
LARGE = Look("en", text=TextSize.LARGE)
LOW = Look("en", low_reach=True, speed=Speed.NORMAL)
