"""Small links, each around the next: long commands in pieces, long answers gathered, lengths a card cannot take."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from devices.cards.apdu import LONGEST_LE, SHORT_DATA, SHORT_LE, CommandApdu, ResponseApdu
from devices.cards.errors import Malformed

if TYPE_CHECKING:
    from devices.cards.apdu import Link

MORE_PIECES = 0x10  # bit of CLA: this command is not the last of its chain (ISO/IEC 7816-4, 5.3.3)
WRONG_LENGTH = 0x6700
CHANNEL_BITS = 0x03


class CommandChaining:
    """Sends a command that is too long for the short form as a chain of short ones."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """The answer to the last piece, or to the first that was refused."""
        if command.fits_short:
            return self._link.exchange(command)
        pieces = [command.data[at : at + SHORT_DATA] for at in range(0, len(command.data), SHORT_DATA)] or [b""]
        for piece in pieces[:-1]:
            answer = self._link.exchange(replace(command, cla=command.cla | MORE_PIECES, data=piece, le=None))
            if not answer.ok:
                return answer
        le = None if command.le is None else min(command.le, SHORT_LE)
        return self._link.exchange(replace(command, data=pieces[-1], le=le))


class ResponseChaining:
    """Fetches the rest of an answer (61xx) and repeats a command whose Le the card corrected (6Cxx)."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """The whole answer; other status words, 6282 among them, are left to the caller.

        Raises:
            Malformed: the card promises more without end, or sends nothing of what it promised.
        """
        answer = self._link.exchange(command)
        if answer.sw >> 8 == 0x6C:
            answer = self._link.exchange(replace(command, le=answer.sw & 0xFF or SHORT_LE))
        gathered = bytearray(answer.data)
        while answer.sw >> 8 == 0x61:
            le = answer.sw & 0xFF or SHORT_LE
            answer = self._link.exchange(CommandApdu(command.cla & CHANNEL_BITS, 0xC0, 0, 0, le=le))
            if answer.sw >> 8 == 0x6C:
                raise Malformed("answer", "its rest has another length than promised")
            gathered += answer.data
            if len(gathered) > LONGEST_LE or (answer.sw >> 8 == 0x61 and not answer.data):
                raise Malformed("answer", "has no end")
        return ResponseApdu(bytes(gathered), answer.sw)


class ExtendedLength:
    """Sends long commands in the extended form, and as chains once the card has refused that form with 6700."""

    def __init__(self, link: Link, *, extended: bool = True) -> None:
        self._link = link
        self._chained = CommandChaining(link)
        self.extended = extended

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """The card's answer, whichever form it took.

        A command that is extended for the sake of its Le alone is handed back as refused: only who asked knows whether
        less will do.
        """
        if command.fits_short:
            return self._link.exchange(command)
        if self.extended:
            answer = self._link.exchange(command)
            if answer.sw != WRONG_LENGTH:
                return answer
            self.extended = False
        if len(command.data) <= SHORT_DATA:
            return ResponseApdu(b"", WRONG_LENGTH)
        return self._chained.exchange(command)


def channel_to(wire: Link, *, extended: bool) -> Link:
    """The links every card needs around its wire: answers gathered, and commands in the form the card takes."""
    return ExtendedLength(ResponseChaining(wire), extended=extended)
