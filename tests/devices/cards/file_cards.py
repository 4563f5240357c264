"""A card made of files without locks, as national cards are by contact: applications by name, and files by path."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization

from devices.cards.apdu import CommandApdu, ResponseApdu

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

OK = 0x9000
NOT_FOUND = ResponseApdu(b"", 0x6A82)


@dataclass(frozen=True)
class FileImage:
    """What a card holds: `applications` name, path below it (both in hexadecimal), and content; the first wakes up."""

    atr: bytes
    applications: dict[str, dict[str, bytes]]
    key: rsa.RSAPrivateKey | None = field(default=None, repr=False)
    """Signs challenges of sixteen bytes."""

    def with_file(self, application: str, path: str, content: bytes) -> FileImage:
        files = {**self.applications[application], path: content}
        return replace(self, applications={**self.applications, application: files})

    def packed(self) -> dict[str, object]:
        """For the pipe to the process that plays it."""
        pem = None
        if self.key is not None:
            pem = self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode()
        applications = {
            name: {path: content.hex() for path, content in files.items()} for name, files in self.applications.items()
        }
        return {"atr": self.atr.hex(), "applications": applications, "key": pem}

    @classmethod
    def unpacked(cls, packed: dict[str, object]) -> FileImage:
        applications, pem = packed["applications"], packed["key"]
        assert isinstance(applications, dict)
        key = serialization.load_pem_private_key(pem.encode(), None) if isinstance(pem, str) else None
        return cls(
            bytes.fromhex(str(packed["atr"])),
            {
                name: {path: bytes.fromhex(content) for path, content in files.items()}
                for name, files in applications.items()
            },
            key,  # type: ignore[arg-type]
        )


class FileCard:
    """Answers commands out of the image."""

    def __init__(self, image: FileImage) -> None:
        self.image = image
        self.reset()

    def reset(self) -> None:
        self.application = next(iter(self.image.applications))
        self.folder = ""
        self.file = b""

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        match command.ins:
            case 0xA4 if command.p1 == 0x04:
                return self.enter(command.data.hex().upper())
            case 0xA4 if command.p1 in (0x08, 0x09):
                return self.select(command.data.hex().upper().removeprefix("3F00"))
            case 0xA4 if command.p1 == 0x02:
                return self.select(self.folder + command.data.hex().upper())
            case 0xA4 if command.data == b"\x3f\x00":
                self.folder = ""
                return ResponseApdu(b"", OK)
            case 0xB0:
                return self.read(command.p1 << 8 | command.p2, command.le or 0)
            case 0x22:
                return ResponseApdu(b"", OK if self.image.key is not None else 0x6A88)
            case 0x88 if self.image.key is not None:
                return self.sign(command.data)
            case 0xA4:
                return NOT_FOUND
            case _:
                return ResponseApdu(b"", 0x6D00)

    def enter(self, name: str) -> ResponseApdu:
        if name not in self.image.applications:
            return NOT_FOUND
        self.application, self.folder, self.file = name, "", b""
        return ResponseApdu(b"", OK)

    def select(self, path: str) -> ResponseApdu:
        files = self.image.applications[self.application]
        if path in files:
            self.folder, self.file = path[:-4], files[path]
            return ResponseApdu(b"", OK)
        if any(each.startswith(path) for each in files):
            self.folder, self.file = path, b""
            return ResponseApdu(b"", OK)
        return NOT_FOUND

    def read(self, offset: int, le: int) -> ResponseApdu:
        if offset > len(self.file):
            return ResponseApdu(b"", 0x6B00)
        data = self.file[offset : offset + le]
        return ResponseApdu(data, OK if len(data) == le else 0x6282)

    def sign(self, challenge: bytes) -> ResponseApdu:
        assert self.image.key is not None
        numbers = self.image.key.private_numbers()
        size = (numbers.public_numbers.n.bit_length() + 7) // 8
        filled = b"\x00\x01" + b"\xff" * (size - 3 - len(challenge)) + b"\x00" + challenge
        signed = pow(int.from_bytes(filled, "big"), numbers.d, numbers.public_numbers.n)
        return ResponseApdu(signed.to_bytes(size, "big"), OK)
