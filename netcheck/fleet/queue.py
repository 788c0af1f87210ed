"""A queue before the store, for several collectors: NATS JetStream.

A collector publishes each report under its own id and acknowledges once the queue has it on its
disks; a report that comes again within the queue's window is dropped there. One other takes from
the queue, brings the reports into its spool, and only then acknowledges them; what came twice all
the same is dropped by its store. The queue may be down for a while: then nothing is taken.
"""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from netcheck.fleet.collector.incoming import Taken
from netcheck.fleet.collector.keeping import OwnStore
from netcheck.fleet.store.engine import StoreTrouble

STREAM, SUBJECT, READER = "NETCHECK_REPORTS", "netcheck.reports", "store"
_ID = "Nats-Msg-Id"
DUPLICATES_S = 3600.0
_CONNECT_S, _ANSWER_S = 5.0, 10.0
_MOST_UNANSWERED = 4000
_AT_ONCE = 2000
_REST_S = 1.0
_T = TypeVar("_T")


def check_url(text: str) -> str:
    """The address of one server or several, by commas. Raises ValueError with what is needed."""
    for one in text.split(","):
        try:
            parts = urlsplit(one)
            fits = parts.scheme in ("nats", "tls") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise ValueError("it is nats://HOST:PORT")
    return text


@dataclass
class _Loop:
    """A thread with a loop of its own, in which the connection lives: the service's loop begins
    later and ends earlier."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, job: Coroutine[Any, Any, _T], patience_s: float | None = None) -> _T:
        """Do it there, and wait here."""
        return asyncio.run_coroutine_threadsafe(job, self.loop).result(patience_s)


class Queue:
    """Puts reports into the queue."""

    def __init__(self, loop: _Loop, connection: Any, stream: Any) -> None:
        self._loop, self._connection, self._stream = loop, connection, stream
        self._unanswered = 0
        self._trouble: str | None = None

    @classmethod
    def opened(cls, url: str, copies: int | None = None) -> "Queue":
        """With its stream made, if need be. `copies`: on how many servers each report lies; None:
        three where the cluster has so many. Raises StoreTrouble, ImportError."""
        loop = _Loop()
        connection, stream = loop.run(_connected(url, copies))
        return cls(loop, connection, stream)

    async def keep(self, taken: Taken) -> bool:
        """True once the queue has all of them. After a False some may be there: they are dropped
        when they come again."""
        if self._unanswered + len(taken.ids) > _MOST_UNANSWERED and self._unanswered:
            return False
        self._unanswered += len(taken.ids)
        try:
            told = asyncio.run_coroutine_threadsafe(self._publish(taken), self._loop.loop)
            return await asyncio.wrap_future(told)
        finally:
            self._unanswered -= len(taken.ids)

    async def _publish(self, taken: Taken) -> bool:
        try:
            async with asyncio.timeout(_ANSWER_S):
                await asyncio.gather(
                    *(
                        self._stream.publish(SUBJECT, row, timeout=_ANSWER_S, headers={_ID: id})
                        for id, row in zip(taken.ids, taken.rows, strict=True)
                    )
                )
        except Exception as wrong:  # the library's own kinds, and those of the loop below it
            self._trouble = f"the queue does not answer ({type(wrong).__name__})"
            return False
        self._trouble = None
        return True

    def figures(self) -> Mapping[str, float]:
        """What waits for the queue's word."""
        return {"spool_reports": self._unanswered}

    def trouble(self) -> str | None:
        """Of the queue."""
        return self._trouble

    def end(self) -> None:
        """Close the connection."""
        self._loop.run(self._connection.close(), _ANSWER_S)


@dataclass
class Drained:
    """One's own store, which also takes what others put into the queue."""

    own: OwnStore
    _loop: _Loop
    _connection: Any
    _reader: Any
    _ended: threading.Event = field(default_factory=threading.Event)
    _trouble: str | None = None

    @classmethod
    def opened(cls, url: str, own: OwnStore) -> "Drained":
        """Takes from now on. Raises StoreTrouble, ImportError."""
        loop = _Loop()
        connection, stream = loop.run(_connected(url, None))
        reader = loop.run(stream.pull_subscribe(SUBJECT, durable=READER, stream=STREAM))
        drained = cls(own, loop, connection, reader)
        threading.Thread(target=lambda: loop.run(drained._take_on()), daemon=True).start()
        return drained

    async def _take_on(self) -> None:
        while not self._ended.is_set():
            try:
                await self._take()
                self._trouble = None
            except TimeoutError:  # nothing waits there
                continue
            except Exception as wrong:  # as above; what was not acknowledged comes again
                self._trouble = f"the queue does not answer ({type(wrong).__name__})"
                await asyncio.sleep(_REST_S)

    async def _take(self) -> None:
        messages = await self._reader.fetch(_AT_ONCE, timeout=_REST_S)
        reports = [one for one in messages if _ID in (one.headers or {})]
        ids = [one.headers[_ID] for one in reports]
        if ids and not await self.own.keep(Taken(ids, [one.data for one in reports], 0)):
            await asyncio.sleep(_REST_S)  # no room: they come again
            return
        for message in messages:
            await message.ack()

    async def keep(self, taken: Taken) -> bool:
        """What came to this one itself."""
        return await self.own.keep(taken)

    def figures(self) -> Mapping[str, float]:
        """Of the store."""
        return self.own.figures()

    def trouble(self) -> str | None:
        """Of the store, or of the queue."""
        return self.own.trouble() or self._trouble

    def end(self) -> None:
        """Take no more, then end the store."""
        self._ended.set()
        self._loop.run(self._connection.close(), _ANSWER_S)
        self.own.end()


async def _connected(url: str, copies: int | None) -> tuple[Any, Any]:
    import nats
    from nats.js.api import RetentionPolicy, StorageType, StreamConfig

    try:
        async with asyncio.timeout(_CONNECT_S):
            connection = await nats.connect(
                url.split(","),
                connect_timeout=2,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                error_cb=_silent,
            )
        stream = connection.jetstream(timeout=_ANSWER_S)
        servers = len(connection.server_pool) if copies is None else copies
        wanted = StreamConfig(
            name=STREAM,
            subjects=[SUBJECT],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            num_replicas=3 if servers >= 3 else 1,
            duplicate_window=DUPLICATES_S,
        )
        await stream.add_stream(wanted)
    except Exception as wrong:  # the library's own kinds, and those of the socket below it
        raise StoreTrouble(f"the queue can't be used ({type(wrong).__name__})") from None
    return connection, stream


async def _silent(_: Exception) -> None:
    """What goes wrong shows where it is waited for."""
