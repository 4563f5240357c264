"""The office's door: ends TLS, and is as unreliable as it is told to be.

`python -m tests.network.door CHAIN.pem MISCHIEF.json ADDRESS PORT OFFICE-PORT`. The mischief file is read with every
request: `tear` (the answer breaks off), `tear_up` (the request breaks off before the office), `double` (the office gets
the request twice, the kiosk the second answer), `delay` (both ways, up to a second), each the share of requests that it
happens to.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import sys
from pathlib import Path


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of one request or answer with a Content-Length, as kiosk and office send them."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    bodiless = head.split(b" ", 2)[1] in {b"204", b"304"}
    return head, b"" if bodiless else await reader.readexactly(length)


def _share(mischief: str) -> dict[str, float]:
    found: dict[str, float] = json.loads(Path(mischief).read_text(encoding="utf-8"))
    return found


async def _half_asked(port: int, piece: bytes) -> None:
    """The office gets a piece of a request and then the end of the line."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(piece)
    await writer.drain()
    writer.close()


async def _asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return b"".join(await _message(reader))
    finally:
        writer.close()


def main() -> None:
    chain, mischief, address, port, office = sys.argv[1:]
    chance = random.Random(2026)

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head, body = await _message(reader)
                share = _share(mischief)
                late = [chance.random() if chance.random() < share.get("delay", 0) else 0 for _ in range(2)]
                await asyncio.sleep(late[0])
                first, _, rest = head.partition(b"\r\n")
                request = first + b"\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.77.0.2\r\n" + rest + body
                if chance.random() < share.get("tear_up", 0):
                    await _half_asked(int(office), request[: chance.randrange(len(request))])
                    return
                answer = await _asked(int(office), request)
                if chance.random() < share.get("double", 0):
                    answer = await _asked(int(office), request)
                await asyncio.sleep(late[1])
                if chance.random() < share.get("tear", 0):
                    writer.write(answer[: chance.randrange(len(answer))])
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # whoever hung up knows
        finally:
            writer.close()

    async def serve() -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(chain)
        async with await asyncio.start_server(serve_one, address, int(port), ssl=tls) as server:
            print("open", flush=True)  # noqa: T201 - whoever started this waits for the word
            await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
