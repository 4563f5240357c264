"""A card by PC/SC: connected to exclusively, switched off in the end; errors of PC/SC become those of cards here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from smartcard import scard

from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.errors import CardLeft, CardMute, LinkFailed

if TYPE_CHECKING:
    from collections.abc import Callable

_RETRY: Final = 0.05
_PATIENCE: Final = 0.6
"""Seconds for which another program is waited for that looks at every new card."""

_GONE: Final = frozenset(
    code & 0xFFFFFFFF
    for code in (
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_E_READER_UNAVAILABLE,
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_NO_READERS_AVAILABLE,
    )
)
_SILENT: Final = frozenset(
    code & 0xFFFFFFFF
    for code in (scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNPOWERED_CARD, scard.SCARD_W_UNSUPPORTED_CARD)
)


class CardBusy(LinkFailed):
    """Another program has the card."""


def _told(code: int) -> LinkFailed:
    code &= 0xFFFFFFFF
    if code in _GONE:
        return CardLeft(f"{code:08X}")
    if code in _SILENT:
        return CardMute(f"{code:08X}")
    return LinkFailed(f"{code:08X}")


class Connection:
    """The one connection to the card in a reader; `with Connection(…) as link`.

    Raises:
        CardBusy: another program keeps the card.
        LinkFailed: there is no card, or it says nothing.
    """

    def __init__(self, reader: str, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        code, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if code != scard.SCARD_S_SUCCESS:
            raise _told(code)
        until = clock() + _PATIENCE
        while True:
            code, self._card, self._protocol = scard.SCardConnect(
                self._context,
                reader,
                scard.SCARD_SHARE_EXCLUSIVE,
                scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            )
            busy = code & 0xFFFFFFFF == scard.SCARD_E_SHARING_VIOLATION & 0xFFFFFFFF
            if not busy or clock() > until:
                break
            sleep(_RETRY)
        if code != scard.SCARD_S_SUCCESS:
            scard.SCardReleaseContext(self._context)
            raise CardBusy if busy else _told(code)

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """The card's answer to one command."""
        contact_bytes = self._protocol == scard.SCARD_PROTOCOL_T0
        if contact_bytes and command.data and command.le is not None:
            # T=0 carries data one way a command; the answer is fetched by GET RESPONSE (ISO/IEC 7816-3, 12.2.1)
            command = replace(command, le=None)
        header = scard.SCARD_PCI_T0 if contact_bytes else scard.SCARD_PCI_T1
        code, answer = scard.SCardTransmit(self._card, header, list(command.encode()))
        if code != scard.SCARD_S_SUCCESS:
            raise _told(code)
        if len(answer) < 2:  # a card pulled during the command: PC/SC says that all is well, and has no answer
            raise CardLeft("no answer")
        return ResponseApdu.decode(bytes(answer))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # without power a card forgets what was proven to it
        scard.SCardDisconnect(self._card, scard.SCARD_UNPOWER_CARD)
        scard.SCardReleaseContext(self._context)
