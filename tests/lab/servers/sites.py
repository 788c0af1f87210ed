"""The web of the small internet: every anchor, portal and entitlement host, each on its address.

usage: sites.py READY_FILE PLAN.json
The plan: {"date_shift_s": 0, "certificates": {host: file}, "key": file, "sites": [{"listen":
[[address, port]], "tls": bool, "host": ..., "path": ..., "status": ..., "body": ...,
"location": ..., "type": its media type}]}
Any of them also hands out and takes bytes, as a server for measuring speed does.
A site without a host answers for every host it is asked for (an intercepting box, a portal).
"""

import asyncio
import email.utils
import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any

REASONS = {200: "OK", 204: "No Content", 302: "Found", 404: "Not Found", 511: "Login Required"}
PATIENCE_S = 10


def reply(site: dict[str, Any], method: str, path: str, date_shift_s: float) -> bytes:
    """What the site says to one request."""
    status, body = site["status"], site["body"]
    if site.get("host") and path != site["path"] and site["path"] != "/":
        status, body = 200, "hello\n"
    content = body.encode() if status != 204 else b""
    head = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Other')}",
        f"Date: {email.utils.formatdate(time.time() + date_shift_s, usegmt=True)}",
        f"Content-Length: {len(content)}",
        "Connection: close",
        "Server: small",
    ]
    if site.get("type"):
        head.append(f"Content-Type: {site['type']}")
    if site.get("location"):
        head.append(f"Location: {site['location']}")
    return "\r\n".join([*head, "", ""]).encode() + (b"" if method == "HEAD" else content)


def contexts(plan: dict[str, Any]) -> ssl.SSLContext:
    """One TLS context that picks the certificate by the name the client asks for."""
    by_host: dict[str, ssl.SSLContext] = {}
    for host, path in plan["certificates"].items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path, plan["key"])
        by_host[host] = context
    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    front.load_cert_chain(next(iter(plan["certificates"].values())), plan["key"])

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name in by_host:
            connection.context = by_host[name]

    front.sni_callback = choose
    return front


async def hand_out(writer: asyncio.StreamWriter, count: int) -> None:
    """As many bytes as were asked for, as fast as they go: what a speed test's server does."""
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n".encode())
    chunk = bytes(65536)
    while count > 0:
        writer.write(chunk[:count])
        count -= len(chunk)
        await asyncio.wait_for(writer.drain(), PATIENCE_S)


async def take(reader: asyncio.StreamReader, head: bytes) -> None:
    """Every byte that a request announces."""
    told = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    left = int(told or b"0")
    while left > 0 and (part := await asyncio.wait_for(reader.read(65536), PATIENCE_S)):
        left -= len(part)


async def serve(plan: dict[str, Any]) -> None:
    """Listen on every address of the plan and answer for ever."""
    front = contexts(plan) if plan["certificates"] else None

    def talker(site: dict[str, Any]) -> Any:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
                method, path, *_ = head.split(b"\r\n")[0].decode("latin-1").split(" ")
                if path.startswith("/__down?bytes="):
                    await hand_out(writer, int(path.partition("=")[2]))
                    return
                if method == "POST":
                    await take(reader, head)
                writer.write(reply(site, method, path, plan["date_shift_s"]))
                await asyncio.wait_for(writer.drain(), PATIENCE_S)
            except (TimeoutError, OSError, ValueError, EOFError, asyncio.LimitOverrunError):
                pass
            finally:
                writer.close()

        return talk

    for site in plan["sites"]:
        for address, port in site["listen"]:
            await asyncio.start_server(
                talker(site), address, port, ssl=front if site["tls"] else None
            )
    Path(sys.argv[1]).touch()
    await asyncio.Event().wait()


def main() -> None:
    """Run the plan that is named on the command line."""
    loop = asyncio.new_event_loop()
    # A client that goes away in the middle of a handshake is everyday here, not an error.
    loop.set_exception_handler(lambda *_: None)
    loop.run_until_complete(serve(json.loads(Path(sys.argv[2]).read_text())))


main()
