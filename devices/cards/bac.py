"""Basic access control: the older way to open a chip with its printed zone (ICAO 9303-11 section 4.3)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from devices.cards.apdu import CommandApdu
from devices.cards.ciphers import Suite, pad
from devices.cards.errors import Deceived, Malformed, PasswordRefused, Refused
from devices.cards.secure_messaging import SecureChannel, SessionKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.cards.apdu import Link
    from devices.cards.mrz import MrzKey

STEP = "BAC"
NO_IV = bytes(8)
WRONG_KEY = (0x6300, 0x6982, 0x6985, 0x6988, 0x6A80)  # what chips of many makers say to another document's zone


def open_with_bac(link: Link, key: MrzKey, random: Callable[[int], bytes]) -> SecureChannel:
    """The secured session with the application already selected; `random` gives that many unguessable bytes.

    Raises:
        PasswordRefused: the zone is not this card's.
        Refused: the card does no BAC.
        Deceived: the card does not know its own key.
    """
    suite = Suite.TDES
    enc, mac = suite.derive(key.seed(), 1), suite.derive(key.seed(), 2)
    challenge = link.exchange(CommandApdu(0x00, 0x84, 0, 0, le=8))
    if not challenge.ok:
        raise Refused(STEP, challenge.sw)
    if len(challenge.data) != 8:
        raise Malformed(STEP, "challenge")
    ours, our_key = random(8), random(16)
    sealed = suite.encrypt(enc, NO_IV, ours + challenge.data + our_key)
    token = suite.mac(mac, pad(sealed, 8))
    answer = link.exchange(CommandApdu(0x00, 0x82, 0, 0, sealed + token, le=40))
    if not answer.ok:
        if answer.sw in WRONG_KEY or answer.sw & 0xFFF0 == 0x63C0:
            raise PasswordRefused(STEP, answer.sw, None)
        raise Refused(STEP, answer.sw)
    if len(answer.data) != 40:
        raise Malformed(STEP, "answer")
    sealed, token = answer.data[:32], answer.data[32:]
    if not hmac.compare_digest(suite.mac(mac, pad(sealed, 8)), token):
        raise Deceived(STEP, "wrong MAC")
    plain = suite.decrypt(enc, NO_IV, sealed)
    if not hmac.compare_digest(plain[:16], challenge.data + ours):
        raise Deceived(STEP, "wrong challenge")
    if hmac.compare_digest(plain[16:], our_key):
        raise Deceived(STEP, "reflected key")
    secret = bytes(a ^ b for a, b in zip(our_key, plain[16:], strict=True))
    counter = int.from_bytes(challenge.data[4:] + ours[4:], "big")
    return SecureChannel(link, SessionKeys.derived(suite, secret, counter))
