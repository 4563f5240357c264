"""Tag, length, value (BER-TLV, ISO/IEC 7816-4 section 5.2.2), read strictly and within bounds.

Definite lengths of up to three bytes and tags of up to three bytes: that is all cards use, and no input can make the
reader loop or allocate more than it was handed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from devices.cards.errors import Malformed

MOST_ELEMENTS = 1024
LONGEST_HEADER = 7  # three bytes of tag, four of length


@dataclass(frozen=True, slots=True)
class Tlv:
    """One element; the tag is its bytes read as one number, so 7F49 is 0x7F49."""

    tag: int
    value: bytes = field(repr=False)

    def encode(self) -> bytes:
        """The element's bytes, with the shortest length."""
        return encode(self.tag, self.value)

    def children(self) -> tuple[Tlv, ...]:
        """The elements inside.

        Raises:
            Malformed: what is inside is not made of elements.
        """
        return parse(self.value)


def encode(tag: int, value: bytes) -> bytes:
    """One element as bytes, with the shortest length (DER)."""
    size = len(value)
    if size < 0x80:
        length = bytes((size,))
    else:
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes((0x80 | len(octets),)) + octets
    return tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big") + length + value


def header(raw: bytes) -> tuple[int, int, int]:
    """Tag, length of the value, and length of the header that `raw` begins with; `raw` may stop after it.

    Raises:
        Malformed: no header a card may write.
    """
    if not raw:
        raise Malformed("element", "empty")
    at = 1
    if raw[0] & 0x1F == 0x1F:
        while True:
            if at >= len(raw) or at >= 3:
                raise Malformed("element", "tag too long")
            at += 1
            if not raw[at - 1] & 0x80:
                break
    tag = int.from_bytes(raw[:at], "big")
    if at >= len(raw):
        raise Malformed("element", "cut off before its length")
    first = raw[at]
    at += 1
    if first < 0x80:
        return tag, first, at
    size = first & 0x7F
    if not 1 <= size <= 3:
        raise Malformed("element", "indefinite or excessive length")
    if at + size > len(raw):
        raise Malformed("element", "cut off in its length")
    return tag, int.from_bytes(raw[at : at + size], "big"), at + size


def first(raw: bytes) -> tuple[Tlv, bytes]:
    """The first element and the bytes after it.

    Raises:
        Malformed: no whole element.
    """
    tag, size, start = header(raw)
    if start + size > len(raw):
        raise Malformed("element", "cut off in its value")
    return Tlv(tag, raw[start : start + size]), raw[start + size :]


def parse(raw: bytes) -> tuple[Tlv, ...]:
    """All elements, which must fill `raw` to its end.

    Raises:
        Malformed: they do not, or there are more than any card sends.
    """
    found: list[Tlv] = []
    at = 0
    while at < len(raw):
        tag, size, start = header(raw[at : at + LONGEST_HEADER])
        end = at + start + size
        if end > len(raw):
            raise Malformed("element", "cut off in its value")
        if len(found) == MOST_ELEMENTS:
            raise Malformed("element", "too many")
        found.append(Tlv(tag, raw[at + start : end]))
        at = end
    return tuple(found)


def whole(raw: bytes) -> tuple[tuple[Tlv, bytes], ...]:
    """All elements, each with its bytes as they were written; what was signed must not be written anew.

    Raises:
        Malformed: as `parse`.
    """
    found: list[tuple[Tlv, bytes]] = []
    at = 0
    for element in parse(raw):
        _, size, start = header(raw[at : at + LONGEST_HEADER])
        found.append((element, raw[at : at + start + size]))
        at += start + size
    return tuple(found)


def only(raw: bytes, tag: int, part: str) -> bytes:
    """The value of the one element that `raw` must be.

    Raises:
        Malformed: another tag, or bytes after it; `part` says where.
    """
    element, rest = first(raw)
    if element.tag != tag or rest:
        raise Malformed(part, f"is not one element {tag:X}")
    return element.value


def child(elements: tuple[Tlv, ...], tag: int) -> bytes | None:
    """The value of the first element with this tag; None without one."""
    return next((element.value for element in elements if element.tag == tag), None)


def oid_bytes(dotted: str) -> bytes:
    """An object identifier's content octets (X.690, 8.19)."""
    arcs = [int(arc) for arc in dotted.split(".")]
    out = bytearray()
    for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        septets = [arc & 0x7F]
        rest = arc >> 7
        while rest:
            septets.append(0x80 | rest & 0x7F)
            rest >>= 7
        out += bytes(reversed(septets))
    return bytes(out)


def oid_text(raw: bytes) -> str:
    """An object identifier's content octets in dots.

    Raises:
        Malformed: empty, cut off, or longer than any in use.
    """
    if not raw or len(raw) > 32 or raw[-1] & 0x80:
        raise Malformed("object identifier", "length")
    arcs: list[int] = []
    arc = 0
    for octet in raw:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    top = min(arcs[0] // 40, 2)
    return ".".join(map(str, (top, arcs[0] - 40 * top, *arcs[1:])))
