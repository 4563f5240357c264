"""The town's files as every kiosk gets them, and as the office itself looks things up in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from central_office.contract.addresses import AddressBook, address_book
from central_office.contract.bulky import beside, streets_beside
from central_office.contract.messages import Config
from central_office.contract.tables import BadSettings
from central_office.contract.tariff import FILE_NAME, tariff_beside, written
from central_office.contract.town import read_town
from central_office.office.line import blobs
from central_office.office.models import Town
from central_office.office.sales.tariff_book import tariff_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOWN: Final = "town.toml"
WASTE: Final = "waste.toml"
STREETS: Final = "streets.csv"
TARIFF: Final = FILE_NAME


def publish_town(folder: Path, file: Path) -> str:
    """Let every kiosk use the town's file and those that lie beside it; the digest of the configuration.

    What else is published stays so. A file that does not lie beside the town's any more is taken back.

    Raises:
        OSError: a file cannot be read.
        blobs.TooLarge: one of them is too large to be fetched.
        Town.DoesNotExist: there is no town yet.
    """
    mine = {TOWN: file, WASTE: beside(file), STREETS: streets_beside(file), TARIFF: tariff_beside(file)}
    content = {name: path.read_bytes() for name, path in mine.items() if path.exists()}
    others = {name: path.read_bytes() for name, path in published(folder).items() if name not in mine}
    return blobs.publish(folder, others | content | _prices())


def publish_tariff(folder: Path) -> str:
    """Let every kiosk use the tariff with the prices that are in the books now; the digest of the configuration.

    Raises:
        OSError: a file cannot be read or written.
    """
    content = {name: path.read_bytes() for name, path in published(folder).items() if name != TARIFF}
    return blobs.publish(folder, content | _prices())


def _prices() -> dict[str, bytes]:
    """The tariff as it is in the books: what staff set since is not in the town's file."""
    town = Town.objects.first()
    tariff = None if town is None else tariff_of(town)
    return {} if tariff is None else {TARIFF: written(tariff).encode()}


def published(folder: Path) -> Mapping[str, Path]:
    """The files of the configuration that kiosks are told of, by name; empty before the first, or if it is not here."""
    digest = Town.objects.values_list("config", flat=True).first() or ""
    config = blobs.kept(folder, digest)
    if config is None:
        return {}
    try:
        files = Config.model_validate_json(config.path.read_bytes()).files
    except (OSError, ValidationError):
        return {}
    found = {name: blobs.kept(folder, ref.sha256) for name, ref in files.items()}
    return {name: blob.path for name, blob in found.items() if blob is not None}


def streets_of(folder: Path) -> AddressBook | None:
    """The streets as kiosks look them up; None if no town is published here."""
    files = published(folder)
    town = files.get(TOWN)
    return None if town is None else _streets(town, files.get(STREETS))


@lru_cache(maxsize=2)
def _streets(town: Path, streets: Path | None) -> AddressBook | None:
    # Files are known by their content: the same name never holds anything else.
    try:
        return address_book(read_town(town), streets)
    except BadSettings:
        return None
