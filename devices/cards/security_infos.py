"""What a chip says it can do: EF.CardAccess, EF.DG14 and the content of EF.CardSecurity (ICAO 9303-11 section 9.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from devices.cards import tlv
from devices.cards.ciphers import Suite
from devices.cards.curves import CURVES, Curve
from devices.cards.errors import Malformed, Unsupported
from devices.cards.modp import GROUPS, DhGroup

PART = "security infos"
SEQUENCE, SET, INTEGER, OID, OCTETS = 0x30, 0x31, 0x02, 0x06, 0x04

Group: TypeAlias = Curve | DhGroup

_PACE = "0.4.0.127.0.7.2.2.4."
_PUBLIC_KEY = "0.4.0.127.0.7.2.2.1."
_CHIP = "0.4.0.127.0.7.2.2.3."
_ACTIVE = "2.23.136.1.1.5"
_SUITES = {1: Suite.TDES, 2: Suite.AES128, 3: Suite.AES192, 4: Suite.AES256}
_CHIP_SUITES = {f"{family}.{number}": suite for family in (1, 2) for number, suite in _SUITES.items()}


class Mapping(Enum):
    """How PACE brings the nonce into the group."""

    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


_PACE_KINDS: dict[int, tuple[type[Curve | DhGroup], Mapping]] = {
    1: (DhGroup, Mapping.GENERIC),
    2: (Curve, Mapping.GENERIC),
    3: (DhGroup, Mapping.INTEGRATED),
    4: (Curve, Mapping.INTEGRATED),
    6: (Curve, Mapping.CHIP_AUTHENTICATION),
}


@dataclass(frozen=True, slots=True)
class PaceChoice:
    """One way in that the card offers; `protocol` and `parameter_id` are as the card wrote them."""

    protocol: str
    version: int
    parameter_id: int | None

    def resolved(self) -> tuple[Mapping, Suite, Group]:
        """Mapping, suite and group.

        Raises:
            Unsupported: a suite, version or group that this library does not speak.
        """
        try:
            kind, suite = (int(arc) for arc in self.protocol.removeprefix(_PACE).split("."))
            family, mapping = _PACE_KINDS[kind]
            chosen = _SUITES[suite]
        except (KeyError, ValueError) as unknown:
            raise Unsupported(f"PACE suite {self.protocol}") from unknown
        if self.version != 2 or self.parameter_id is None:
            raise Unsupported(f"PACE version {self.version}")
        if mapping is Mapping.CHIP_AUTHENTICATION and chosen is Suite.TDES:
            raise Unsupported(f"PACE suite {self.protocol}")
        group = standardised(self.parameter_id)
        if not isinstance(group, family):
            raise Unsupported(f"PACE suite {self.protocol} with parameters {self.parameter_id}")
        return mapping, chosen, group

    @property
    def spoken(self) -> bool:
        """Whether this library speaks it."""
        try:
            self.resolved()
        except Unsupported:
            return False
        return True


@dataclass(frozen=True, slots=True)
class ChipChoice:
    """Chip authentication that the chip offers (9303-11, 9.2.5)."""

    protocol: str
    version: int
    key_id: int | None

    def suite(self) -> Suite:
        """The suite of the session that it opens.

        Raises:
            Unsupported: none of ours.
        """
        try:
            return _CHIP_SUITES[self.protocol.removeprefix(_CHIP)]
        except KeyError as unknown:
            raise Unsupported(f"chip authentication {self.protocol}") from unknown


@dataclass(frozen=True, slots=True)
class ChipKey:
    """A chip's static public key; `spki` is its SubjectPublicKeyInfo in DER (9303-11, 9.2.6)."""

    protocol: str
    spki: bytes = field(repr=False)
    key_id: int | None


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """All that was understood; infos of other kinds (terminal authentication, card info) are left out."""

    pace: tuple[PaceChoice, ...] = ()
    chip: tuple[ChipChoice, ...] = ()
    keys: tuple[ChipKey, ...] = ()
    active_signature: str | None = None  # algorithm of active authentication with ECDSA


def standardised(parameter_id: int) -> Group:
    """The standardised domain parameters with this number (9303-11, table 5).

    Raises:
        Unsupported: reserved or proprietary.
    """
    groups: tuple[Group, ...] = (*CURVES, *GROUPS)
    for group in groups:
        if group.parameter_id == parameter_id:
            return group
    raise Unsupported(f"domain parameters {parameter_id}")


def parse(raw: bytes) -> SecurityInfos:
    """A SET OF SecurityInfo, which is what EF.CardAccess is.

    Raises:
        Malformed: no such set; a single info of a kind we know that does not decode spoils the whole.
    """
    pace: list[PaceChoice] = []
    chip: list[ChipChoice] = []
    keys: list[ChipKey] = []
    active: str | None = None
    for element in tlv.parse(tlv.only(raw, SET, PART)):
        if element.tag != SEQUENCE:
            raise Malformed(PART, "an info is no sequence")
        inside = element.children()
        if not inside or inside[0].tag != OID:
            raise Malformed(PART, "an info names no protocol")
        protocol = tlv.oid_text(inside[0].value)
        rest = inside[1:]
        arcs = protocol.count(".")
        if protocol.startswith(_PACE) and arcs == _PACE.count(".") + 1:
            version, parameter = _numbers(rest)
            pace.append(PaceChoice(protocol, version, parameter))
        elif protocol.startswith(_CHIP) and arcs == _CHIP.count(".") + 1:
            version, key_id = _numbers(rest)
            chip.append(ChipChoice(protocol, version, key_id))
        elif protocol.startswith(_PUBLIC_KEY) and rest:
            key_id = _number(rest[1]) if len(rest) > 1 else None
            keys.append(ChipKey(protocol, rest[0].encode(), key_id))
        elif protocol == _ACTIVE and len(rest) == 2 and rest[1].tag == OID:
            active = tlv.oid_text(rest[1].value)
    return SecurityInfos(tuple(pace), tuple(chip), tuple(keys), active)


def of_dg14(file: bytes) -> SecurityInfos:
    """The infos in EF.DG14.

    Raises:
        Malformed: it does not decode.
    """
    return parse(tlv.only(file, 0x6E, "EF.DG14"))


_ORDER = (
    # chip authentication mapping proves the chip on the way in; integrated mapping is patented where it is not needed
    Mapping.CHIP_AUTHENTICATION,
    Mapping.GENERIC,
    Mapping.INTEGRATED,
)


def best_pace(infos: SecurityInfos) -> PaceChoice | None:
    """The strongest way in that both speak; None when the card offers no PACE at all.

    Raises:
        Unsupported: it offers PACE, but none that this library speaks. That is no reason to fall back to BAC.
    """
    if not infos.pace:
        return None
    spoken = [choice for choice in infos.pace if choice.spoken]
    if not spoken:
        raise Unsupported("every PACE suite of this card")

    def strength(choice: PaceChoice) -> tuple[int, int, int]:
        mapping, suite, group = choice.resolved()
        return -_ORDER.index(mapping), suite.key_size + suite.block, group.bits if isinstance(group, Curve) else 0

    return max(spoken, key=strength)


def downgraded(access: SecurityInfos | None, signed: SecurityInfos) -> bool:
    """Whether what the card offered in the open differs from what its issuer signed (9303-11, 4.4.1 and 9.2.11).

    `access` is EF.CardAccess, None when there was none; `signed` is EF.DG14 or EF.CardSecurity after passive
    authentication. A stranger in between could have taken the stronger way in off the open list, or put a weaker on it.
    """
    offered = frozenset(access.pace) if access is not None else frozenset()
    return offered != frozenset(signed.pace)


def _numbers(rest: tuple[tlv.Tlv, ...]) -> tuple[int, int | None]:
    if not 1 <= len(rest) <= 2:
        raise Malformed(PART, "an info has no version")
    return _number(rest[0]), _number(rest[1]) if len(rest) == 2 else None


def _number(element: tlv.Tlv) -> int:
    if element.tag != INTEGER or not 1 <= len(element.value) <= 32:
        raise Malformed(PART, "a number is none")
    return int.from_bytes(element.value, "big", signed=True)
