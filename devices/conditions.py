"""What a device is able to do now: a closed union, said in fields, never in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """What a person has to do so that the device works again."""

    PAPER = "paper"
    CLOSE_COVER = "close_cover"
    CLEAR_CUTTER = "clear_cutter"
    SWITCH_ON = "switch_on"
    CLEAN_OR_FOCUS = "clean_or_focus"
    CLEAR_CHUTE = "clear_chute"
    START_CARD_SERVICE = "start_card_service"
    ALLOW_CARD_READER = "allow_card_reader"
    LOOK_AT_IT = "look_at_it"


class Soon(StrEnum):
    """What will be needed soon, while the device still works; of several, the first here is said."""

    BATTERY_LOW = "battery_low"
    """The mains have failed and the battery ends: what goes on is ended, and the machine stops."""
    ON_BATTERY = "on_battery"
    BATTERY_OLD = "battery_old"
    PAPER_NEAR_END = "paper_near_end"
    DOOR_OPENED_UNASKED = "door_opened_unasked"
    DAY_TO_CLOSE = "day_to_close"
    """A card terminal that takes no payment before its day is closed; it answers, and can be told to."""
    LOCKER_BOARD_SILENT = "locker_board_silent"
    LOCK_OR_CONTACT = "lock_or_contact"
    DOOR_LEFT_OPEN = "door_left_open"
    DROP_SENSOR_DOUBTED = "drop_sensor_doubted"
    COLUMN_OUT_OF_ORDER = "column_out_of_order"
    COLUMN_EMPTY = "column_empty"
    STOCK_LOW = "stock_low"


@dataclass(frozen=True)
class Ready:
    """It works; `soon` names what it will need before long."""

    soon: Soon | None = None


@dataclass(frozen=True)
class NeedsStaff:
    """It answers, but someone has to do something first."""

    need: Need


@dataclass(frozen=True)
class Absent:
    """It is not there: unplugged, switched off, never answered, or not in this kiosk's rig."""


Condition = Ready | NeedsStaff | Absent
