"""What could not be read: all of it is counted, and the first of each file named."""

from netcheck.model.summary import Note, Notes

MOST_NAMED = 1000
MOST_OF_A_FILE = 3


class Notebook:
    """Takes notes, and forgets none of their number."""

    def __init__(self) -> None:
        self.count = 0
        self._named: list[Note] = []
        self._of_file: tuple[str, int] = ("", 0)

    def take(self, path: str, line: int | None, id: str, detail: str | None = None) -> None:
        """One thing that is not counted."""
        self.count += 1
        before = self._of_file[1] if self._of_file[0] == path else 0
        self._of_file = (path, before + 1)
        if (before < MOST_OF_A_FILE or line is None) and len(self._named) < MOST_NAMED:
            self._named.append(Note(path, line, id, detail))

    def all(self) -> Notes:
        """As they are told."""
        return Notes(self.count, tuple(self._named))
