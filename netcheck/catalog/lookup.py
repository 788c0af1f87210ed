"""From what a person types to one carrier."""

from collections.abc import Iterable

from netcheck.catalog.carriers import Word
from netcheck.catalog.errors import AmbiguousCarrier, UnknownCarrier
from netcheck.catalog.names import key_of, padded, plmn_of
from netcheck.model.carrier import Carrier

MOST_NEAREST = 3


class Index:
    """Every word and PLMN of the catalogue. A word that is not shared means one carrier."""

    def __init__(self, carriers: Iterable[Carrier], words: Iterable[Word]) -> None:
        self._own: dict[str, Word] = {}
        self._shared: dict[str, list[Word]] = {}
        self._plmns: dict[str, Carrier] = {}
        for word in words:
            if word.shared:
                self._shared.setdefault(key_of(word.spelling), []).append(word)
            else:
                # The later row wins: a fleet's own row comes last and means what it says.
                self._own[key_of(word.spelling)] = word
        for carrier in sorted(carriers, key=lambda carrier: carrier.is_guest):
            for plmn in carrier.plmns:
                self._plmns.setdefault(padded(plmn), carrier)

    def find(self, query: str, country: str | None = None) -> Carrier:
        """The carrier that a word or a PLMN means; `country` decides between namesakes.

        A PLMN that guests share means the operator's own row.

        Raises:
            AmbiguousCarrier: the word is shared, and the country does not decide.
            UnknownCarrier: nobody is called that.
        """
        key = key_of(query)
        if key in self._own:
            return self._own[key].carrier
        if key in self._shared:
            return self._decide(query, self._shared[key], country)
        plmn = plmn_of(query)
        if plmn is not None and padded(plmn) in self._plmns:
            return self._plmns[padded(plmn)]
        raise UnknownCarrier(query, self._nearest(key, plmn))

    def by_plmn(self, plmn: str) -> Carrier | None:
        """Whose own PLMN this is."""
        return self._plmns.get(padded(plmn))

    def _decide(self, query: str, words: list[Word], country: str | None) -> Carrier:
        there = [word for word in words if word.carrier.country == country]
        if len(there) == 1:
            return there[0].carrier
        spellings = tuple(self._own_spelling(word.carrier) for word in there or words)
        raise AmbiguousCarrier(query, spellings)

    def _own_spelling(self, carrier: Carrier) -> str:
        """What to type for this very brand: its name, else its first alias, else its id."""
        same = [word.spelling for word in self._own.values() if word.carrier == carrier]
        if key_of(carrier.name) in map(key_of, same):
            return carrier.name.lower()
        return next((spelling for spelling in same if spelling != carrier.id), carrier.id)

    def _nearest(self, key: str, plmn: str | None) -> tuple[str, ...]:
        """Words that find something; for a PLMN the operators of the same MCC."""
        if plmn is not None:
            same_mcc = [one for known, one in self._plmns.items() if known[:3] == plmn[:3]]
            return self._told_apart(same_mcc)
        from difflib import get_close_matches

        keys = [*self._own, *self._shared]
        found = get_close_matches(key, keys, n=2 * MOST_NEAREST, cutoff=0.6)
        return self._told_apart(
            word.carrier
            for near in found
            for word in ([self._own[near]] if near in self._own else self._shared[near])
        )

    def _told_apart(self, carriers: Iterable[Carrier]) -> tuple[str, ...]:
        spellings = dict.fromkeys(self._own_spelling(carrier) for carrier in carriers)
        return tuple(spellings)[:MOST_NEAREST]
