"""What was proven of a card, as one value that a service can decide by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.cards.pace import PasswordKind
    from devices.cards.passive import Verdict


class Level(Enum):
    """How far the proof reaches, each including those before it."""

    NOTHING = "nothing"
    PRINT_HELD = "possession of the print only"
    DATA_SIGNED = "data signed"
    CHIP_GENUINE = "chip genuine"


class ChipProof(Enum):
    """How the chip proved itself, or did not."""

    MAPPING = "PACE with chip authentication mapping"
    CHIP_AUTHENTICATION = "chip authentication"
    ACTIVE_AUTHENTICATION = "active authentication"
    NOT_OFFERED = "the card offers no proof of its chip"
    NOT_TRIED = "the data is not signed, so there is no key to prove the chip by"
    UNSUPPORTED = "the card offers a proof that this kiosk does not know"
    FAILED = "the chip failed its proof: perhaps a copy"


GENUINE = (ChipProof.MAPPING, ChipProof.CHIP_AUTHENTICATION, ChipProof.ACTIVE_AUTHENTICATION)


class Way(Enum):
    """How the card was opened."""

    PACE = "PACE"
    BAC = "BAC"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven; `downgraded` means that what the card offered in the open is not what its issuer signed."""

    way: Way
    password: PasswordKind
    data: Verdict
    chip: ChipProof
    downgraded: bool

    @property
    def level(self) -> Level:
        """How far it reaches: a copy whose data is signed still proves no more than its data."""
        if not self.data.signed or self.downgraded:
            return Level.PRINT_HELD
        return Level.CHIP_GENUINE if self.chip in GENUINE else Level.DATA_SIGNED
