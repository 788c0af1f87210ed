"""What a collector with a store does beside taking reports: it watches, shows the page, and writes
the status feed where that was asked for."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.exit_codes import FAILED
from netcheck.cli.feed_key_files import SECRET, key_in, text_in
from netcheck.cli.options import Given, Option
from netcheck.cli.problems import Problem
from netcheck.model.verdict import Worded

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from netcheck.fleet.recurring import Recurring
    from netcheck.fleet.watching import Watch
    from netcheck.text import Words

FEED: tuple[Option, ...] = (
    Option("feed-folder", "FOLDER", read=Path),
    Option("feed-keys", "FILE", read=Path),
    Option("signing-key", "FILE", read=Path),
)
_MINUTE_S = 60


def check_feed(given: Given) -> None:
    """That a feed, if it was asked for, goes into a folder that there is, signed by a key that the
    root vouches for. Raises Problem."""
    names = [option.name for option in FEED]
    missing = [name for name in names if getattr(given, name.replace("-", "_")) is None]
    if len(missing) == len(names):
        return
    if missing:
        raise Problem("fleet-feed.needs", name=f"--{missing[0]}")
    if given.queue is not None and not given.drain:
        raise Problem("fleet.serve.feed-needs-store")
    if not given.feed_folder.is_dir():
        reason = Worded("reason.no-folder")
        raise Problem("error.unwritable-file", path=str(given.feed_folder), reason=reason)
    _check_vouched(key_in(given.signing_key, SECRET), given.feed_keys)


def _check_vouched(secret: bytes, keys: Path) -> None:
    """Raises Problem where no agent would believe what this key signs."""
    from netcheck.fleet.publishing import NotVouched, online_key

    try:
        online_key(secret, text_in(keys), int(time.time()))
    except ImportError:
        raise Problem("fleet-feed.needs-secure", FAILED) from None
    except NotVouched:
        raise Problem("fleet-feed.not-vouched", path=str(keys)) from None


def beside(
    given: Given, dsn: str, folder: Path, words: "Words"
) -> "tuple[list[BaseRoute], dict[str, Recurring]]":
    """The pages, and by its name what is to be started. Raises Problem."""
    from netcheck.catalog import load
    from netcheck.fleet import showing
    from netcheck.fleet.recurring import Recurring
    from netcheck.fleet.store.engine import Engine, StoreTrouble
    from netcheck.fleet.watching import Watch, watching

    names = {one.id: one.name for one in load().carriers}
    try:
        page = showing.Showing(Engine(dsn), names, words, fresh_s=showing.STALE_S)
        watch = Watch(Engine(dsn), folder / "watch.json", int(time.time()) // _MINUTE_S)
        parts = {"watch": watching(watch), "page": Recurring(page.renew, showing.EVERY_S)}
        if given.feed_folder is not None:
            parts["feed"] = _feeding(given, dsn, watch)
    except StoreTrouble as wrong:
        raise Problem("fleet.serve.store", FAILED, reason=str(wrong)) from None
    return showing.routes(page), parts


def _feeding(given: Given, dsn: str, watch: "Watch") -> "Recurring":
    """Raises Problem, StoreTrouble."""
    from netcheck.catalog import load
    from netcheck.fleet.feeding import EVERY_S, Feeding
    from netcheck.fleet.recurring import Recurring
    from netcheck.fleet.store.engine import Engine

    feeding = Feeding(
        Engine(dsn),
        given.feed_folder,
        given.feed_keys,
        key_in(given.signing_key, SECRET),
        {carrier.id: carrier.country for carrier in load().carriers},
        lambda: watch.next,
    )
    return Recurring(feeding.write, EVERY_S)
