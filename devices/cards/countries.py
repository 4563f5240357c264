"""Whether the state in a printed zone is the one in a certificate: three letters there, two here.

Only the states of Europe whose cards a city meets every day are listed; of the others nothing is said, for a list that
is wrong would turn honest people away.
"""

from __future__ import annotations

from typing import Final

_STATES: Final = {
    "AUT": "AT",
    "BEL": "BE",
    "BGR": "BG",
    "HRV": "HR",
    "CYP": "CY",
    "CZE": "CZ",
    "DNK": "DK",
    "EST": "EE",
    "FIN": "FI",
    "FRA": "FR",
    "D": "DE",
    "GRC": "GR",
    "HUN": "HU",
    "ISL": "IS",
    "IRL": "IE",
    "ITA": "IT",
    "LVA": "LV",
    "LIE": "LI",
    "LTU": "LT",
    "LUX": "LU",
    "MLT": "MT",
    "NLD": "NL",
    "NOR": "NO",
    "POL": "PL",
    "PRT": "PT",
    "ROU": "RO",
    "SVK": "SK",
    "SVN": "SI",
    "ESP": "ES",
    "SWE": "SE",
    "CHE": "CH",
    "GBR": "GB",
}
"""Issuing state of a zone (ICAO 9303-3, section 5) to the country of its signing authority (ISO 3166-1)."""


def differ(zone_issuer: str, certificate_country: str) -> bool:
    """Whether both are known, and another state signed than the one that issued."""
    expected = _STATES.get(zone_issuer)
    return expected is not None and certificate_country != expected
