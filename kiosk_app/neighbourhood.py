"""The surroundings of a page: this town, this terminal, this minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.surroundings import OtherPlace, Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from central_office.contract.town import PlaceTable, Town
    from kiosk_app.settings import Settings


def neighbourhood(
    settings: Settings, town: Town, now: Callable[[], datetime], *, can_read_aloud: bool
) -> Callable[[str], Surroundings]:
    """What pages in a language may say about this place and moment."""

    def surroundings(language: str) -> Surroundings:
        moment = now().astimezone(town.zone)
        places = {place.key: seen(place, moment, language) for place in town.place}
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


def seen(place: PlaceTable, moment: datetime, language: str) -> OtherPlace:
    """A place as a page in `language` names it at this moment of the town's clock."""
    german = language == "de"
    return OtherPlace(
        name=place.name if german else place.name_en or place.name,
        way=place.way if german else place.way_en or place.way,
        open_until=place.open_until(moment),
    )
