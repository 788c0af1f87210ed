"""What a verb says of the status feed, where it was not used as it came."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door

if TYPE_CHECKING:
    from netcheck.model.crowd import CrowdWord


def tell_if_unheard(word: "CrowdWord | None", door: Door) -> None:
    """One sentence on stderr where a file was ignored. That nobody answered is said only where no
    earlier word stands in: on a dead network it is no news."""
    from netcheck.model.crowd import Unheard

    if word is None or word.ignored in (None, Unheard.NO_ANSWER):
        return
    door.say(f"crowd.ignored.{word.ignored.value}")
