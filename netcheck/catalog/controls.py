"""Who else is asked: operators whose answer makes a silence mean something."""

from collections.abc import Iterable, Mapping, Sequence

from netcheck.model.carrier import Carrier

FALLBACK = "fallback"


def choose(
    carriers: Sequence[Carrier],
    orders: Mapping[str, tuple[str, ...]],
    asked_about: Sequence[Carrier],
    country: str | None,
    count: int,
) -> tuple[Carrier, ...]:
    """The first `count` usable operators, the same for the same question.

    The carrier's country comes first (its listed order, then its best-known rows), then the
    fallback list. Nobody is chosen that could fail together with a carrier the run is about or
    with another control: same owner, same host network or a gateway in common. Guests are never
    chosen, since their host answers for them.
    """
    by_id = {one.id: one for one in carriers}
    chosen: list[Carrier] = []
    for carrier_id in _candidates(carriers, orders, country):
        one = by_id[carrier_id]
        others = [*chosen, *asked_about]
        if one.epdg_hosts and not one.is_guest and all(independent(one, two) for two in others):
            chosen.append(one)
        if len(chosen) == count:
            break
    return tuple(chosen)


def independent(one: Carrier, two: Carrier) -> bool:
    """Whether two carriers fail for reasons of their own, as far as the catalogue knows."""
    return (
        one.host_network != two.host_network
        and (one.owner or one.host_network) != (two.owner or two.host_network)
        and not set(one.epdg_hosts) & set(two.epdg_hosts)
    )


def _candidates(
    carriers: Sequence[Carrier], orders: Mapping[str, tuple[str, ...]], country: str | None
) -> Iterable[str]:
    local = [one for one in carriers if one.country == country]
    best_known = [one.id for one in sorted(local, key=lambda one: one.confidence)]
    listed = orders.get(country or FALLBACK, ())
    return dict.fromkeys((*listed, *best_known, *orders.get(FALLBACK, ())))
