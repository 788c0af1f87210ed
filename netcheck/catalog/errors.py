"""What can be wrong with a question to the catalogue, or with rows that a fleet adds to it."""


class CatalogError(ValueError):
    """A row that does not fit. `path` is where it stands (`carriers.acme.plmns[0]`)."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class UnknownCarrier(LookupError):
    """No carrier of that name. `nearest` are words that would have found one, best first."""

    def __init__(self, query: str, nearest: tuple[str, ...]) -> None:
        hint = f" (nearest: {', '.join(nearest)})" if nearest else ""
        super().__init__(f"no carrier is called {query!r}{hint}")
        self.query = query
        self.nearest = nearest


class AmbiguousCarrier(UnknownCarrier):
    """Several operators bear that name. `nearest` has a word for each of them."""

    def __init__(self, query: str, nearest: tuple[str, ...]) -> None:
        super().__init__(query, nearest)
        self.args = (f"{query!r} names several operators in the world: say {' or '.join(nearest)}",)
