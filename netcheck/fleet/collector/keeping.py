"""Where the collector puts what it took, before it says so."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from netcheck.fleet.collector.incoming import Taken
from netcheck.fleet.store.engine import Engine, migrate
from netcheck.fleet.store.rows import Rows
from netcheck.fleet.store.spool import Spool
from netcheck.fleet.store.writer import Writer


class Keeping(Protocol):
    """`keep` returns once the reports are safe: True. False: there is no room, or no way."""

    async def keep(self, taken: Taken) -> bool:
        """All of them, or none."""
        ...

    def figures(self) -> Mapping[str, float]:
        """For the metrics."""
        ...

    def trouble(self) -> str | None:
        """Why nothing can be taken or stored just now; None where all is well."""
        ...

    def end(self) -> None:
        """Bring away what waits, for a moment at most."""
        ...


@dataclass
class OwnStore:
    """A spool in a folder of this machine, and the tables behind it."""

    spool: Spool
    writer: Writer

    @classmethod
    def opened(cls, folder: Path, engine: Engine, keep_days: int) -> "OwnStore":
        """With what a crash left brought into the tables. Raises StoreTrouble, OSError."""
        migrate(engine, keep_days)
        spool = Spool(folder, lambda frame: writer.take(frame))
        writer = Writer(engine, spool)
        writer.open(spool.open())
        spool.start()
        writer.start()
        return cls(spool, writer)

    async def keep(self, taken: Taken) -> bool:
        """True once it is on the disk."""
        loop = asyncio.get_running_loop()
        safe: asyncio.Future[bool] = loop.create_future()

        def settle(well: bool) -> None:
            if not safe.done():  # whoever waited may be gone
                safe.set_result(well)

        def settled(well: bool) -> None:
            with suppress(RuntimeError):  # the service has ended, and nobody waits
                loop.call_soon_threadsafe(settle, well)

        if not self.spool.put(Rows(taken.ids, taken.rows), settled):
            return False
        return await safe

    def figures(self) -> Mapping[str, float]:
        """Of spool and writer."""
        written = self.writer.written
        return {
            "reports_stored_total": written.stored,
            "reports_twice_total": written.twice,
            "reports_replayed_total": written.replayed,
            "store_inserts_total": written.inserts,
            "store_failures_total": written.failures,
            "spool_reports": self.spool.rows_left,
        }

    def trouble(self) -> str | None:
        """Of the disk, or of the store."""
        failure = self.spool.failure
        return "the disk takes no more" if failure is not None else self.writer.written.trouble

    def end(self) -> None:
        """What can't be stored in time waits in the spool for the next beginning."""
        self.spool.end()
        self.writer.end()
