"""The surroundings of a page: this town, this terminal, this minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk_app.settings import Settings
    from kiosk_app.town import Town


def neighbourhood(
    settings: Settings, town: Town, now: Callable[[], datetime], *, can_read_aloud: bool
) -> Callable[[str], Surroundings]:
    """What pages in a language may say about this place and moment."""

    def surroundings(language: str) -> Surroundings:
        moment = now().astimezone(town.zone)
        places = {place.key: place.seen_from(moment, language) for place in town.place}
        counter = places[town.town.main_place]
        others = tuple(
            place for key, place in places.items() if key != town.town.main_place and place.open_until is not None
        )
        return Surroundings(
            town=town.town.name,
            terminal=settings.terminal,
            now=moment,
            counter=counter,
            other_places=others,
            website=town.town.website,
            languages=town.town.languages,
            idle_seconds=round(settings.session.idle_seconds),
            can_read_aloud=can_read_aloud,
            places=places,
        )

    return surroundings
