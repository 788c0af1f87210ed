"""What ends a verb with a sentence instead of an answer."""

from netcheck.model.finding import Parameter
from netcheck.model.verdict import Worded


class Problem(Exception):
    """`id` is an id of the `text` room; `code` the exit code. A param may have words of its own."""

    def __init__(self, id: str, code: int = 2, **params: Parameter | Worded) -> None:
        super().__init__(id)
        self.id = id
        self.code = code
        self.params = params


def nearest(name: str, known: list[str], cutoff: float = 0.5) -> str | None:
    """The known word that was perhaps meant."""
    from difflib import get_close_matches

    found = get_close_matches(name.casefold(), known, n=1, cutoff=cutoff)
    return found[0] if found else None
