"""How a kiosk signs its requests: HTTP Message Signatures (RFC 9421) with Ed25519 and a Content-Digest (RFC 9530).

Covered: method, target URI, content digest and (as parameters) creation time and key id. The key id is the device's
identifier. The digest is over the bytes as they travel (after gzip); a GET signs the digest of its empty body.
A replayed request does no harm: the sequence number is the watermark, so `created` is reported, not enforced.
"""

LABEL = "kiosk"
COVERED = ("@method", "@target-uri", "content-digest")
ALGORITHM = "ed25519"


def new_key_words(device: str, public_key: bytes) -> bytes:
    """What a new key signs itself before an old one presents it (see `messages.KeyRequest`)."""
    return b"new key of a kiosk\0" + device.encode() + b"\0" + public_key
