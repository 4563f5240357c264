"""What cards raise; expected outcomes, such as a failed proof, are return values.

    CardError
    ├── LinkFailed              the wire to the card failed; raised by the bottom link alone
    │   ├── CardLeft            the card was taken away
    │   └── CardMute            the card did not answer in time
    ├── Malformed(part, why)    bytes that do not decode, wherever they came from
    ├── Refused(step, sw)       the card answered with a status word of refusal
    │   └── PasswordRefused     it refused the MRZ, CAN, PIN or PUK; `tries_left` when the card tells
    ├── Deceived(step, why)     the card's cryptography is wrong: forged, replayed, reflected or plain
    └── Unsupported(what)       a suite, curve or file this library does not speak

No field ever holds a secret: errors travel to logs.
"""

from __future__ import annotations


class CardError(Exception):
    """Something a card, or the wire to it, did."""


class LinkFailed(CardError):
    """The wire to the card failed."""


class CardLeft(LinkFailed):
    """The card was taken away."""


class CardMute(LinkFailed):
    """The card did not answer in time."""


class Malformed(CardError):
    """Bytes that do not decode: `part` names what was read, `why` what is wrong with it."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(part, why)
        self.part = part
        self.why = why


class Refused(CardError):
    """The card refused at `step` with the status word `sw`."""

    def __init__(self, step: str, sw: int) -> None:
        super().__init__(step, f"{sw:04X}")
        self.step = step
        self.sw = sw


class PasswordRefused(Refused):
    """The card refused the password; `tries_left` is None when the card does not tell."""

    def __init__(self, step: str, sw: int, tries_left: int | None) -> None:
        super().__init__(step, sw)
        self.tries_left = tries_left


class Deceived(CardError):
    """The card's cryptography is wrong at `step`: forged, replayed, reflected, or plain where it must be secured."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(step, why)
        self.step = step
        self.why = why


class Unsupported(CardError):
    """A suite, curve or file that this library does not speak."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
