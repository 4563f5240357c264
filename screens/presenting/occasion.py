"""What every page shares: header, bar, explanation, and the sentences about where else a citizen is helped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from central_office.contract.values import value
from screens.icons import Icon
from screens.look import Colours, TextSize
from screens.pages import (
    Answer,
    ChangeLook,
    EndSession,
    Explain,
    Header,
    Key,
    KeyState,
    Note,
    OpenSheet,
    Page,
    PlaceRow,
    Places,
    ReadAloud,
    Sheet,
    Tone,
    Weight,
)
from screens.steps import BACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screens.entry import Entry
    from screens.look import Look
    from screens.pages import Act, Block, Layout, StepHeader
    from screens.steps import Step
    from screens.surroundings import OtherPlace, Surroundings
    from screens.wording import Words


@value
class Occasion:
    """Who is shown something, where and when: all a page depends on besides its step."""

    say: Words
    look: Look
    surroundings: Surroundings
    entry: Entry

    @property
    def roomy(self) -> bool:
        """Whether text has its normal size, so that a page made for the portrait panel fits whole."""
        return self.look.text is TextSize.NORMAL

    def page(  # noqa: PLR0913  one parameter for each thing a page may have of its own
        self,
        step: Step[Any],
        layout: Layout,
        *blocks: Block,
        step_header: StepHeader | None = None,
        actions: tuple[Key, ...] = (),
        explanation: Note | None = None,
        notice: Note | None = None,
        private: bool = False,
        compact_blocks: tuple[Block, ...] = (),
        part: int = 0,
        parts: int = 1,
        sheet: Sheet | None = None,
        session: bool | None = None,
    ) -> Page:
        """The page with the frame all pages have; with large text it is the compact page."""
        if self.entry.explanation:
            explanation = Note(Tone.WARN, Icon.INFO, self.entry.explanation)
        in_session = step.in_session if session is None else session
        return Page(
            step=type(step).__name__,
            layout=layout,
            language=self.say.language,
            header=self._header(),
            blocks=blocks if self.roomy or not compact_blocks else compact_blocks,
            step_header=step_header,
            actions=actions,
            bar=tuple(self._bar(sheet, in_session=in_session)),
            compact_blocks=compact_blocks,
            compact_bar=tuple(self._compact_bar(sheet, in_session=in_session)),
            explanation=explanation,
            notice=notice,
            rtl=self.say.rtl,
            private=private,
            part=part,
            parts=parts,
            reach_line=self.say("Low reach is on: all buttons are below this line."),
        )

    def back(self) -> Key:
        """The way back, at the left of the action row."""
        return Key("back", self.say("Back"), Answer(BACK), Weight.SECONDARY, Icon.ARROW_BACK, icon_first=True)

    def help_here(self) -> str:
        """Who helps now, until when; or whom to call."""
        say, around = self.say, self.surroundings
        if around.counter.open_until is not None:
            return say(
                "You get help here: {place}, today until {time}.",
                place=around.counter.name,
                time=say.time(around.counter.open_until),
            )
        if around.phone:
            return say("Closed for today: {place}. Call {phone}.", place=around.counter.name, phone=around.phone)
        return say("Closed for today: {place}.", place=around.counter.name)

    def places(self, title: str) -> Places:
        """The counter, other places, the telephone and the website."""
        say, around = self.say, self.surroundings
        rows = [PlaceRow(Icon.STOREFRONT, around.counter.name, self._line(around.counter))]
        rows += [PlaceRow(Icon.PIN_DROP, place.name, self._line(place)) for place in around.other_places]
        if around.phone:
            rows.append(PlaceRow(Icon.CALL, say("Call {phone}", phone=around.phone), around.phone_hours))
        if around.website:
            address = around.website if "://" in around.website else f"https://{around.website}"
            shown = address.split("://", 1)[1].rstrip("/")
            rows.append(
                PlaceRow(
                    Icon.QR_CODE_2,
                    say("Online with your phone"),
                    say("Scan the code: {address}", address=shown),
                    code=address,
                )
            )
        return Places(title, tuple(rows))

    def _line(self, place: OtherPlace) -> str:
        say = self.say
        if place.open_until is None:
            hours = say("closed for today")
        else:
            hours = say("open today until {time}", time=say.time(place.open_until))
        return f"{place.way} · {hours}" if place.way else hours[:1].upper() + hours[1:]

    def _header(self) -> Header:
        now = self.surroundings.now
        return Header(
            town=self.surroundings.town,
            line=self.say("Citizen terminal"),
            clock=self.say.clock(now.time()),
            date=self.say.weekday(now.date()),
        )

    def _bar(self, sheet: Sheet | None, *, in_session: bool) -> Iterator[Key]:
        say, look = self.say, self.look
        yield self._language_key(sheet, in_session=in_session)
        settings = OpenSheet(Sheet.SETTINGS)
        text_on = sheet is Sheet.SETTINGS or look.text is not TextSize.NORMAL
        yield _bar_key("text_size", say("Text size"), settings, Icon.FORMAT_SIZE, on=text_on)
        contrast_on = look.colours is not Colours.LIGHT
        yield _bar_key("contrast", say("Contrast"), settings, Icon.CONTRAST, on=contrast_on)
        yield self._listen_key()
        lower = ChangeLook(replace(look, low_reach=not look.low_reach))
        yield _bar_key("low_reach", say("Low reach"), lower, Icon.ACCESSIBLE, on=look.low_reach)
        yield self._help_key(sheet)
        if in_session:
            yield self._end_key()

    def _compact_bar(self, sheet: Sheet | None, *, in_session: bool) -> Iterator[Key]:
        look = self.look
        yield self._language_key(sheet, in_session=in_session)
        changed = look.text is not TextSize.NORMAL or look.colours is not Colours.LIGHT or look.low_reach
        yield _bar_key(
            "settings",
            self.say("Settings"),
            OpenSheet(Sheet.SETTINGS),
            Icon.TEXT_FIELDS,
            on=changed or sheet is Sheet.SETTINGS,
        )
        yield self._listen_key()
        yield self._help_key(sheet)
        if in_session:
            yield self._end_key()

    def _language_key(self, sheet: Sheet | None, *, in_session: bool) -> Key:
        more = not in_session and len(self.surroundings.languages) > LANGUAGES_AT_ONCE
        words = self.say("More") if more else own_name(self.say)
        return _bar_key("language", words, OpenSheet(Sheet.LANGUAGE), Icon.LANGUAGE, on=sheet is Sheet.LANGUAGE)

    def _listen_key(self) -> Key:
        act: Act = ReadAloud()
        state = KeyState.ON if self.entry.reading else KeyState.NORMAL
        if not self.surroundings.can_read_aloud:
            act, state = Explain(self.say("This terminal cannot read aloud.")), KeyState.NOT_YET
        return Key("listen", self.say("Listen"), act, Weight.BAR, Icon.VOLUME_UP, icon_first=True, state=state)

    def _help_key(self, sheet: Sheet | None) -> Key:
        return _bar_key("help", self.say("Help"), OpenSheet(Sheet.HELP), Icon.HELP, on=sheet is Sheet.HELP)

    def _end_key(self) -> Key:
        return Key("end", self.say("End session"), EndSession(), Weight.END, Icon.LOGOUT, icon_first=True)


LANGUAGES_AT_ONCE = 8
"""More languages than this stand on the language sheet, not on the attract page."""


def own_name(say: Words) -> str:
    """The language's name for itself."""
    return say.apart("the name of this language in this language", "English")


def primary(name: str, words: str, act: Act, icon: Icon | None = Icon.ARROW_FORWARD, **more: Any) -> Key:  # noqa: ANN401  the fields of Key
    """The one key that leads on, at the right of the action row."""
    return Key(name, words, act, Weight.PRIMARY, icon, **more)


def _bar_key(name: str, words: str, act: Act, icon: Icon, *, on: bool) -> Key:
    return Key(name, words, act, Weight.BAR, icon, icon_first=True, state=KeyState.ON if on else KeyState.NORMAL)
