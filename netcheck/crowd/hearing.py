"""What the feed says now: the file that was fetched, else the kept one while it holds, else DNS.

Everything that is believed is kept, with how far the feed had come, so that nobody can show this
device an earlier file again.
"""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from netcheck.crowd import txt
from netcheck.crowd.fetching import address_of, fetched
from netcheck.crowd.verifying import Believed, Ignored, Mark, verified
from netcheck.model.crowd import CrowdStatus, CrowdWord, Unheard
from netcheck.store import crowd_feed
from netcheck.store.crowd_feed import Kept
from netcheck.store.unavailable import StoreUnavailable

FRESH_S = 60.0
"""A file that came less than this ago is not asked for again."""

AskText = Callable[[str], str | None]
"""The one TXT string under a name; None: none came."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Where a feed lies and who vouches for it. `folder` is an https address without a query,
    `domain` where its DNS strings are; either may be missing. `root` is 32 bytes. `region` is the
    device's own (ISO 3166-2), where it was told."""

    root: bytes
    country: str
    folder: str | None = None
    domain: str | None = None
    region: str = ""

    @property
    def name(self) -> str:
        """Under which it is kept: a feed of another root or place is another one."""
        told = (self.root.hex(), self.country, self.folder or "", self.domain or "")
        return hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]


def hear(feed: Feed, now_s: float, ask_text: AskText | None, *, may_fetch: bool) -> CrowdWord:
    """The newest word that may be believed; never raises for what the network or a file does.
    `may_fetch` False: only what was kept."""
    kept = _kept(feed)
    last = Mark(kept.keys, kept.sequence) if kept else Mark()
    held = _held(feed, kept, now_s, last)
    is_fresh = held is not None and kept is not None and 0 <= now_s - kept.at_s < FRESH_S
    ignored: Unheard | None = None
    if may_fetch and feed.folder and not is_fresh:
        try:
            raw = fetched(address_of(feed.folder, feed.country))
            found = verified(raw, feed.root, feed.country, now_s, last)
        except Ignored as not_used:
            ignored = not_used.why
        else:
            _keep(feed, found, now_s, raw.decode("ascii"))
            return CrowdWord(found.status, None, now_s, feed.region)
    if held is not None:
        return CrowdWord(held, ignored, now_s, feed.region)
    if may_fetch and feed.domain and ask_text and kept is not None:
        try:
            found = _by_name(feed, kept, ask_text, now_s, last)
            return CrowdWord(found.status, ignored, now_s, feed.region)
        except Ignored as not_used:
            ignored = ignored or not_used.why
    return CrowdWord(None, ignored or Unheard.NO_ANSWER, now_s, feed.region)


def _held(feed: Feed, kept: Kept | None, now_s: float, last: Mark) -> CrowdStatus | None:
    """What was kept, where it still holds: nobody but its signers is believed here either."""
    if kept is None:
        return None
    try:
        raw = kept.text.encode("ascii", "replace")
        return verified(raw, feed.root, feed.country, now_s, last).status
    except Ignored:
        return None


def _by_name(feed: Feed, kept: Kept, ask: AskText, now_s: float, last: Mark) -> Believed:
    string = ask(txt.name_of(feed.domain or "", feed.country))
    if string is None:
        raise Ignored(Unheard.NO_ANSWER)
    found = txt.believed(string, kept.keys_text, feed.root, feed.country, now_s, last)
    # The string is not kept as a file: it says less than one.
    mark = found.mark
    _save(feed, Kept(mark.keys, mark.sequence, kept.at_s, kept.text, found.keys_text))
    return found


def _kept(feed: Feed) -> Kept | None:
    try:
        return crowd_feed.kept(feed.name)
    except StoreUnavailable:
        return None


def _keep(feed: Feed, found: Believed, now_s: float, text: str) -> None:
    _save(feed, Kept(found.mark.keys, found.mark.sequence, now_s, text, found.keys_text))


def _save(feed: Feed, kept: Kept) -> None:
    with contextlib.suppress(StoreUnavailable):  # see store/crowd_feed.py
        crowd_feed.keep(feed.name, kept)
