"""What is asked of the simulated card terminal on the dock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.simulators import wishes
from devices.simulators.terminal_books import CARDS
from devices.simulators.terminal_commands import Fault, Left, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.simulators.terminal import Terminal
    from devices.simulators.wishes import Wish


def grant(terminal: Terminal, wish: Wish) -> Mapping[str, object]:
    """Do what is wished; the terminal's new state.

    Raises:
        Refused: it cannot be done.
    """
    wishes.known(wish, "card", "stop", "fault", "slow", "reach", "left", "plugged", "exchanged")
    if "fault" in wish:
        terminal.fail(Fault(wishes.one_of(wish, "fault", *Fault)))
    if "slow" in wish:
        terminal.panel.slow = wishes.number(wish["slow"], "slow", 0, 300)
    if "reach" in wish:
        terminal.set_reach(Reach(wishes.one_of(wish, "reach", *Reach)))
    if "left" in wish:
        terminal.set_left(Left(wishes.one_of(wish, "left", *Left)))
    if wishes.flag(wish, "exchanged"):
        terminal.exchange()
    match wishes.flag(wish, "plugged"):
        case True:
            terminal.plug()
        case False:
            terminal.unplug()
    if "card" in wish:
        name = wishes.one_of(wish, "card", "none", *(card.name for card in CARDS))
        terminal.take_card() if name == "none" else terminal.present(name)
    if wishes.flag(wish, "stop"):
        terminal.press_stop()
    return terminal.state()
