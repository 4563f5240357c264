"""What a simulated card terminal's packets and slips are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.simulators.terminal_books import Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.simulators.terminal_books import Payment


def slip(payment: Payment) -> list[str]:
    """A slip's lines."""
    word = {Fate.REVERSED: "Storno", Fate.REFUNDED: "Gutschrift", Fate.RESERVED: "Reservierung"}
    number = payment.card.number
    return [
        word.get(payment.fate, "Kartenzahlung"),
        payment.card.scheme,
        f"Terminal-ID 12345678   TA-Nr {payment.trace:06d}",
        f"Beleg-Nr {payment.receipt:04d}",
        f"{payment.at:%d.%m.%Y %H:%M}",
        f"Karte {'#' * (len(number) - 4)}{number[-4:]}",
        f"Betrag {payment.amount / 100:.2f} EUR".replace(".", ","),
    ]


def bcd(number: int, size: int) -> bytes:
    """Two decimal digits a byte."""
    return bytes.fromhex(str(number).zfill(2 * size))


def llvar(content: bytes, size: int) -> bytes:
    """Content after its length, told in so many bytes."""
    return bytes(0xF0 | int(digit) for digit in str(len(content)).zfill(size)) + content


def digits(number: str) -> bytes:
    """Bitmap 22's content: a card's number, E for a masked digit."""
    return llvar(bytes.fromhex(number + "f" * (len(number) % 2)), 2)


def tlv_length(content: bytes) -> bytes:
    """A TLV's length."""
    size = len(content)
    if size < 0x80:
        return bytes([size])
    return bytes([0x81, size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")


_SIZES: Final = {0x01: 1, 0x02: 1, 0x04: 6, 0x19: 1, 0x49: 2, 0x87: 2}


def _fields(data: bytes) -> Mapping[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data) and (size := _SIZES.get(data[at])) is not None:
        found[data[at]] = data[at + 1 : at + 1 + size]
        at += 1 + size
    return found


def _number(content: bytes) -> int:
    return int(content.hex()) if content.hex().isdecimal() else 0


def amount(data: bytes) -> int:
    """The cents in bitmap 04; 0 without."""
    return _number(_fields(data).get(0x04, b""))


def receipt(data: bytes) -> int:
    """The number in bitmap 87; 0 without."""
    return _number(_fields(data).get(0x87, b""))


def questions(data: bytes) -> tuple[int, float]:
    """How often to ask for the goods at most, and after how many seconds again."""
    found = _fields(data)
    return (found[0x02][0] if found.get(0x02) else 0), float(found[0x01][0] if found.get(0x01) else 0)
