"""`netcheck fleet serve`: take in the reports of many devices."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.fleet_serving import (
    SERVING,
    Ending,
    begin,
    caps,
    extra_missing,
    opened,
    serve,
    where,
)
from netcheck.cli.fleet_watching import FEED, beside, check_feed
from netcheck.cli.options import Given, Option, Positional, Unfit, whole_between
from netcheck.cli.problems import Problem

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from netcheck.fleet.collector.app import Collector
    from netcheck.fleet.collector.keeping import Keeping
    from netcheck.fleet.recurring import Recurring

_PORT = 8443
_DAYS = (1, 3650)


def _dsn(text: str) -> str:
    from netcheck.fleet.store.engine import check_dsn

    if text.startswith("@"):  # a password on the command line is read by all who list processes
        try:
            text = Path(text[1:]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Unfit("needed.readable") from None
    return check_dsn(text)


def _queue(text: str) -> str:
    from netcheck.fleet.queue import check_url

    return check_url(text)


OPTIONS: tuple[Option, ...] = (
    *SERVING,
    Option("data", "FOLDER", read=Path),
    Option("store", "DSN", read=_dsn),
    Option("keep-days", "NUMBER", read=whole_between(*_DAYS)),
    Option("queue", "URL", read=_queue),
    Option("drain"),
    Option("rotate-key"),
    *FEED,
)
POSITIONALS: tuple[Positional, ...] = ()


def perform(given: Given, door: Door) -> int:
    """Take reports until somebody ends it."""
    begin()
    if given.drain and given.queue is None:
        raise Problem("fleet.serve.drain-needs-queue")
    check_feed(given)
    from netcheck.fleet.collector.app import build
    from netcheck.fleet.serving import Service

    place = where(given, _PORT)
    folder = _folder(given)
    with _alone(folder):
        _keep_temporaries_in(folder / "tmp")
        keeping = _keeping(given, folder)
        collector = _collector(given, folder, keeping)
        pages: list[BaseRoute] = []
        parts: dict[str, Recurring] = {}
        if given.queue is None or given.drain:
            pages, parts = beside(given, _dsn_of(given, folder), folder, door.words)
        collector.beside = {name: part.why for name, part in parts.items()}
        service = Service(build(collector, pages), place)
        address = opened(service)
        key = _base64(collector.gateway.configs[0])
        door.say("fleet.serve.ready", host=address, name=key, path=str(folder))
        for part in parts.values():
            part.start()
        if parts:
            door.say("fleet.serve.page", host=address)
        steps = [*(part.end for part in parts.values()), keeping.end]
        serve(service, Ending(service.end, *steps), door)
        for step in steps:
            step()
    return DONE


def _collector(given: Given, folder: Path, keeping: "Keeping") -> "Collector":
    from netcheck.cli.reporting import known
    from netcheck.fleet.attributing import cells
    from netcheck.fleet.collector.app import Collector
    from netcheck.fleet.collector.gateway import BadKeyFile, Gateway, keys_in, secret_in
    from netcheck.fleet.collector.incoming import Intake

    try:
        keys = keys_in(folder / "gateway-keys.json", rotate=bool(given.rotate_key))
        signing = secret_in(folder / "receipt-key")
    except BadKeyFile as wrong:
        raise Problem("fleet.serve.bad-key-file", path=str(wrong)) from None
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None
    return Collector(
        Intake(known(), cells),
        keeping,
        Gateway(keys),
        signing,
        caps(given),
        bool(given.behind_proxy),
    )


def _keeping(given: Given, folder: Path) -> "Keeping":
    """Raises Problem."""
    from netcheck.fleet.collector.keeping import OwnStore
    from netcheck.fleet.store.engine import KEEP_DAYS, Engine, StoreTrouble

    try:
        if given.queue is not None and not given.drain:
            from netcheck.fleet.queue import Queue

            return Queue.opened(given.queue)
        engine = Engine(_dsn_of(given, folder))
        own = OwnStore.opened(folder / "spool", engine, given.keep_days or KEEP_DAYS)
        if given.queue is None:
            return own
        from netcheck.fleet.queue import Drained

        return Drained.opened(given.queue, own)
    except StoreTrouble as wrong:
        raise Problem("fleet.serve.store", 1, reason=str(wrong)) from None
    except ImportError as wrong:
        raise extra_missing(wrong.name or str(wrong)) from None
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None


def _dsn_of(given: Given, folder: Path) -> str:
    return given.store or f"chdb://{folder / 'store'}"


def _folder(given: Given) -> Path:
    """Where it keeps all that it keeps; made where it is missing. Raises Problem."""
    if given.data is not None:
        folder: Path = given.data.absolute()
    else:
        from platformdirs import user_data_path

        folder = user_data_path("netcheck") / "collector"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One collector a folder, for as long as the block lasts. Raises Problem."""
    import fcntl

    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        handle = os.open(folder / "lock", flags, 0o600)
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Problem("fleet.serve.in-use", 1, path=str(folder)) from None
    try:
        yield
    finally:
        os.close(handle)


def _keep_temporaries_in(folder: Path) -> None:
    """The driver lays each batch into a temporary file: none may stay behind elsewhere after a
    crash. Raises Problem."""
    import shutil
    import tempfile

    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None
    tempfile.tempdir = str(folder)


def _unwritable(folder: Path, wrong: OSError) -> Problem:
    reason = (wrong.strerror or str(wrong)).lower()
    return Problem("error.unwritable-file", 1, path=str(folder), reason=reason)


def _base64(raw: bytes) -> str:
    import base64

    return base64.b64encode(raw).decode()
