"""What a verb says of the status feed, where it was not used as it came."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door

if TYPE_CHECKING:
    from netcheck.model.crowd import CrowdWord, Unheard


def tell_if_unheard(
    word: "CrowdWord | None", door: Door, told: "Unheard | None" = None
) -> "Unheard | None":
    """One sentence on stderr where a file was ignored, unless it was `told` by the look before;
    what there was to tell. That nobody answered is not told: on a dead network it is no news."""
    from netcheck.model.crowd import Unheard

    why = word.ignored if word else None
    if why is Unheard.NO_ANSWER:
        return told
    if why is not None and why is not told:
        door.say(f"crowd.ignored.{why.value}")
    return why
