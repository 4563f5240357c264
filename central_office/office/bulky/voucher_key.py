"""The key that the office signs vouchers with: a file in the data directory, made on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.office.audit.signing import signing_key

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE = "voucher_key"


def voucher_key(data: Path) -> Ed25519PrivateKey:
    """The key.

    Raises:
        KeyBroken: the file holds no key, or cannot be read.
    """
    return signing_key(data, KEY_FILE)
