"""A fleet's own rows over the catalogue's: what they change, and what is refused."""

import pytest

from netcheck import catalog
from netcheck.catalog import CatalogError

BOOK = catalog.load()


def ids(carriers):
    return [carrier.id for carrier in carriers]


def test_a_fleet_adds_a_carrier():
    row = {"name": "Acme Mobile", "country": "DE", "plmns": ["26299"], "aliases": ["acme"]}
    book = catalog.load({"carriers": {"acme_de": row}})
    acme = book.carrier("ACME")
    assert (acme.id, acme.name, acme.is_guest) == ("acme_de", "Acme Mobile", False)
    assert acme.epdg_hosts == ("epdg.epc.mnc099.mcc262.pub.3gppnetwork.org",)
    assert book.carrier("262-99") == acme
    assert ids(book.controls_for(acme)) == ["telekom_de", "vodafone_de"]
    assert len(book.carriers) == 81


def test_a_fleet_changes_one_key_of_a_row_and_the_rest_stays():
    book = catalog.load({"carriers": {"att_us": {"epdg_hosts": ["epdg.example.net"]}}})
    assert book.carrier("at&t").epdg_hosts == ("epdg.example.net",)
    assert book.carrier("at&t").tunnel_mtu == 1300
    assert BOOK.carrier("at&t").epdg_hosts == ("epdg.epc.att.net",)


def test_a_fleets_own_word_wins_over_the_catalogues():
    row = {"name": "Works", "country": "US", "epdg_hosts": ["epdg.example.net"]}
    book = catalog.load({"carriers": {"works_us": {**row, "aliases": ["mint"]}}})
    assert book.carrier("mint").id == "works_us"


def test_a_fleet_replaces_anchors_portals_resolvers_and_controls():
    book = catalog.load(
        {
            "anchors": [
                {"id": "one", "host": "one.example", "operator": "One"},
                {"id": "two", "host": "two.example", "operator": "Two"},
            ],
            "portals": [
                {"id": "p", "host": "p.example", "path": "/", "operator": "P", "status": 204}
            ],
            "resolvers": [{"id": "r", "operator": "R", "ipv6": "2001:db8::53"}],
            "controls": {"US": ["att_us"], "fallback": ["ee_gb", "telekom_de"]},
        }
    )
    assert [anchor.host for anchor in book.anchors] == ["one.example", "two.example"]
    assert [portal.url for portal in book.portals] == ["http://p.example/"]
    assert [one.addresses for one in book.resolvers] == [("2001:db8::53",)]
    assert ids(book.controls_for(None, country="US")) == ["att_us", "verizon_us"]
    assert ids(book.controls_for(book.carrier("swisscom"))) == ["ee_gb", "telekom_de"]


ANCHORS = [
    {"id": "one", "host": "one.example", "operator": "One"},
    {"id": "two", "host": "two.example", "operator": "Two"},
]
STUN = {"id": "s", "operator": "S", "host": "stun.example", "port": 3478}


def test_a_fleet_may_ask_no_stun_server_at_all():
    assert catalog.load({"stun": []}).stun == ()


def test_a_fleet_may_ask_nobody_who_it_is():
    assert catalog.load({"whoami": []}).whoami == ()


@pytest.mark.parametrize(
    ("overrides", "path", "reason"),
    [
        ({"anchor": []}, "anchor", "no such key, did you mean `anchors`?"),
        ({"anchors": {}}, "anchors", "is a list of tables ([[anchors]])"),
        ({"anchors": [ANCHORS[0]]}, "anchors", "needs at least 2 different operators"),
        (
            {"anchors": [ANCHORS[0], {**ANCHORS[1], "operator": "One"}]},
            "anchors",
            "needs at least 2 different operators",
        ),
        ({"anchors": [ANCHORS[0], ANCHORS[0]]}, "anchors[1].id", "'one' is there twice"),
        ({"anchors": [{"id": "one"}]}, "anchors[0]", "needs `host`"),
        (
            {"anchors": [{**ANCHORS[0], "hots": "x"}]},
            "anchors[0].hots",
            "no such key, did you mean `host`?",
        ),
        ({"anchors": [{**ANCHORS[0], "host": 7}]}, "anchors[0].host", "is text, not 7"),
        ({"anchors": [{**ANCHORS[0], "host": ""}]}, "anchors[0].host", "is empty"),
        (
            {"portals": [{"id": "p", "host": "h", "path": "x", "operator": "o", "status": 204}]},
            "portals[0].path",
            "begins with a slash",
        ),
        (
            {"portals": [{"id": "p", "host": "h", "path": "/", "operator": "o", "status": True}]},
            "portals[0].status",
            "is a whole number, not True",
        ),
        ({"resolvers": []}, "resolvers", "needs at least 1 different operators"),
        ({"resolvers": [{"id": "r", "operator": "o"}]}, "resolvers[0]", "needs `ipv4` or `ipv6`"),
        (
            {"resolvers": [{"id": "r", "operator": "o", "ipv4": "dns.google"}]},
            "resolvers[0].ipv4",
            "'dns.google' is no address of that family",
        ),
        (
            {"resolvers": [{"id": "r", "operator": "o", "ipv6": "8.8.8.8"}]},
            "resolvers[0].ipv6",
            "'8.8.8.8' is no address of that family",
        ),
        ({"stun": [STUN]}, "stun", "needs at least 2 different operators"),
        ({"stun": [{**STUN, "port": 70000}]}, "stun[0].port", "is a number from 1 to 65535"),
        ({"stun": [{**STUN, "port": "x"}]}, "stun[0].port", "is a whole number, not 'x'"),
        (
            {"whoami": [{"id": "w", "operator": "W", "host": "me.example", "kind": "PTR"}]},
            "whoami[0].kind",
            "is A, AAAA or TXT",
        ),
        ({"carriers": []}, "carriers", "is a table of tables ([carriers.ID])"),
        ({"carriers": {"x": {"country": "DE"}}}, "carriers.x", "needs `name`"),
        (
            {"carriers": {"x": {"name": "X", "country": "DE"}}},
            "carriers.x",
            "needs `epdg_hosts` or `plmns`",
        ),
        (
            {"carriers": {"att_us": {"country": "usa"}}},
            "carriers.att_us.country",
            "is two capital letters, not 'usa'",
        ),
        (
            {"carriers": {"att_us": {"plmns": ["310410", "31-0"]}}},
            "carriers.att_us.plmns[1]",
            "is 5 or 6 digits, not '31-0'",
        ),
        (
            {"carriers": {"att_us": {"plmns": [310410]}}},
            "carriers.att_us.plmns[0]",
            "is text, not 310410",
        ),
        (
            {"carriers": {"att_us": {"epdg_host": ["x"]}}},
            "carriers.att_us.epdg_host",
            "no such key, did you mean `epdg_hosts`?",
        ),
        (
            {"carriers": {"att_us": {"epdg_hosts": "x"}}},
            "carriers.att_us.epdg_hosts",
            "is a list of texts, not 'x'",
        ),
        (
            {"carriers": {"att_us": {"epdg_hosts": ["https://x/"]}}},
            "carriers.att_us.epdg_hosts[0]",
            "is a host name, not 'https://x/'",
        ),
        (
            {"carriers": {"att_us": {"entitlement_hosts": ["x"]}}},
            "carriers.att_us.entitlement_hosts[0]",
            "is host:port",
        ),
        (
            {"carriers": {"att_us": {"confidence": "Z"}}},
            "carriers.att_us.confidence",
            "is one of A, B, C, none",
        ),
        (
            {"carriers": {"att_us": {"brands": {"X": "x"}}}},
            "carriers.att_us.brands.X",
            "is a list of texts, not 'x'",
        ),
        ({"controls": []}, "controls", "is a table of lists of carrier ids"),
        ({"controls": {"usa": []}}, "controls.usa", "is `fallback` or a country's two letters"),
        (
            {"controls": {"US": ["at&t"]}},
            "controls.US[0]",
            "no carrier has the id 'at&t'",
        ),
    ],
)
def test_an_override_that_does_not_fit_says_where_and_why(overrides, path, reason):
    with pytest.raises(CatalogError) as told:
        catalog.load(overrides)
    assert (told.value.path, told.value.reason) == (path, reason)
    assert str(told.value) == f"{path}: {reason}"


LOAD = {"id": "l", "operator": "L", "host": "l.example", "down": "/d?n={bytes}", "up": "/u"}


def test_a_line_is_never_filled_where_no_server_is_set_and_nobody_answers_late_by_default():
    assert catalog.load({"load": []}).load == ()
    assert catalog.load().mapping_helpers == ()


@pytest.mark.parametrize(
    ("overrides", "path", "reason"),
    [
        ({"load": [{**LOAD, "down": "/d"}]}, "load[0].down", "has {bytes} where the count goes"),
        ({"load": [{**LOAD, "up": "u"}]}, "load[0].up", "begins with a slash"),
        ({"load": [{**LOAD, "most_mb": 0}]}, "load[0].most_mb", "is between 1 and 1000, not 0"),
        (
            {"mapping_helpers": [{"id": "m", "operator": "M", "host": "m.example", "port": 0}]},
            "mapping_helpers[0].port",
            "is a number from 1 to 65535",
        ),
    ],
)
def test_a_server_for_costly_measurements_that_does_not_fit_says_why(overrides, path, reason):
    with pytest.raises(catalog.CatalogError) as told:
        catalog.load(overrides)
    assert (told.value.path, told.value.reason) == (path, reason)
