"""From what a person types to a carrier, its controls and its gateways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck import catalog
from netcheck.catalog import AmbiguousCarrier, UnknownCarrier
from netcheck.catalog.controls import independent

BOOK = catalog.load()


def ids(carriers):
    return [carrier.id for carrier in carriers]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("at&t", "att_us"),
        ("AT&T", "att_us"),
        ("att", "att_us"),
        ("att us", "att_us"),
        ("att_us", "att_us"),
        ("  A t & T ", "att_us"),
        ("AT and T", "att_us"),
        ("cricket", "cricket_us"),
        ("Cricket Wireless", "cricket_us"),
        ("FirstNet", "firstnet_us"),
        ("t-mobile", "tmobile_us"),
        ("T Mobile", "tmobile_us"),
        ("tmobile", "tmobile_us"),
        ("tmo", "tmobile_us"),
        ("T-Mobile US", "tmobile_us"),
        ("verizon", "verizon_us"),
        ("vzw", "verizon_us"),
        ("metro", "metro_us"),
        ("MetroPCS", "metro_us"),
        ("mint", "tmo_mvno_us"),
        ("Google Fi", "tmo_mvno_us"),
        ("visible", "verizon_mvno_us"),
        ("xfinity mobile", "verizon_mvno_us"),
        ("Spectrum", "verizon_mvno_us"),
        ("boost", "dish_us"),
        ("boost at&t", "att_mvno_us"),
        ("boost t-mobile", "tmo_mvno_us"),
        ("us cellular", "uscc_us"),
        ("U.S. Cellular", "uscc_us"),
        ("UScellular", "uscc_us"),
        ("c spire", "cspire_us"),
        ("giffgaff", "o2_gb"),
        ("GiffGaff", "o2_gb"),
        ("smarty", "three_gb"),
        ("Vodafone UK", "vodafone_gb"),
        ("vodafone gb", "vodafone_gb"),
        ("vodafone de", "vodafone_de"),
        ("1&1", "1und1_de"),
        ("1und1", "1und1_de"),
        ("Vidéotron", "videotron_ca"),
        ("fizz", "videotron_ca"),
        ("Public Mobile", "koodo_ca"),
        ("lucky", "virgin_ca"),
        ("e& UAE", "etisalat_ae"),
        ("jio", "jio_in"),
        ("docomo", "docomo_jp"),
        ("1O1O", "csl_hk"),
    ],
)
def test_a_person_finds_their_carrier(query, expected):
    assert BOOK.carrier(query).id == expected


@pytest.mark.parametrize(
    ("query", "name", "host_network", "is_guest"),
    [
        ("mint", "Mint Mobile", "T-Mobile", True),
        ("visible", "Visible", "Verizon", True),
        ("giffgaff", "giffgaff", "O2 UK", True),
        ("lucky", "Lucky Mobile", "Bell", True),
        ("cricket", "Cricket", "AT&T", True),
        ("at&t", "AT&T", "AT&T", False),
        ("ee", "EE", "EE", False),
        ("rogers", "Rogers", "Rogers", False),
        ("boost", "Boost Mobile", "Boost Mobile", False),
        ("boost tmo", "Boost Mobile", "T-Mobile", True),
    ],
)
def test_the_answer_is_called_what_the_person_called_it(query, name, host_network, is_guest):
    carrier = BOOK.carrier(query)
    assert (carrier.name, carrier.host_network) == (name, host_network)
    assert carrier.is_guest is is_guest


@pytest.mark.parametrize("query", ["310410", "310-410", "310 410", "310/410"])
def test_a_plmn_may_be_written_in_four_ways(query):
    assert BOOK.carrier(query).id == "att_us"


@pytest.mark.parametrize(
    ("plmn", "expected"),
    [
        ("310280", "att_us"),
        ("310260", "tmobile_us"),
        ("311480", "verizon_us"),
        ("302610", "bell_ca"),
        ("302220", "telus_ca"),
        ("310150", "cricket_us"),
        ("26201", "telekom_de"),
        ("262001", "telekom_de"),
        ("262-01", "telekom_de"),
    ],
)
def test_a_plmn_that_guests_share_means_the_operators_own_row(plmn, expected):
    assert BOOK.carrier(plmn).id == expected


def test_every_plmn_of_the_catalogue_finds_a_row_that_has_it():
    for carrier in BOOK.carriers:
        for plmn in carrier.plmns:
            assert plmn in BOOK.carrier(plmn).plmns


@pytest.mark.parametrize(
    ("typo", "nearest"),
    [
        ("criket", "cricket"),
        ("verison", "verizon"),
        ("t-mobil", "t-mobile"),
        ("vodafon uk", "vodafone uk"),
        ("gifgaff", "giffgaff"),
        ("us celular", "uscellular"),
    ],
)
def test_a_typo_gets_the_nearest_name(typo, nearest):
    with pytest.raises(UnknownCarrier) as told:
        BOOK.carrier(typo)
    assert told.value.query == typo
    assert told.value.nearest[0] == nearest
    assert f"nearest: {nearest}" in str(told.value)


def test_an_unknown_plmn_gets_operators_of_the_same_country():
    with pytest.raises(UnknownCarrier) as told:
        BOOK.carrier("234-99")
    assert told.value.nearest == ("ee", "vodafone uk", "o2 uk")


@pytest.mark.parametrize("query", ["", "&", "zzzzzzzz", "999999", "магента", "\x00", "9" * 40])
def test_what_names_nobody_is_unknown(query):
    with pytest.raises(UnknownCarrier):
        BOOK.carrier(query)


@given(st.text(max_size=20))
def test_whatever_is_typed_the_nearest_names_find_somebody(query):
    try:
        BOOK.carrier(query)
    except UnknownCarrier as unknown:
        for word in unknown.nearest:
            assert BOOK.carrier(word).id


def test_a_name_that_several_operators_bear_is_not_guessed():
    with pytest.raises(AmbiguousCarrier) as told:
        BOOK.carrier("vodafone")
    assert told.value.nearest == (
        "vodafone uk",
        "vodafone ie",
        "vodafone de",
        "vodafone es",
        "vodafone au",
    )
    assert str(told.value).startswith("'vodafone' names several operators in the world: say ")


@pytest.mark.parametrize(
    ("query", "country", "expected"),
    [
        ("vodafone", "DE", "vodafone_de"),
        ("Vodafone", "GB", "vodafone_gb"),
        ("3", "HK", "three_hk"),
        ("three", "IE", "three_ie"),
        ("virgin mobile", "CA", "virgin_ca"),
        ("tim", "IT", "tim_it"),
        ("tesco", "GB", "o2_gb"),
        ("cricket", "DE", "cricket_us"),
    ],
)
def test_a_country_decides_between_namesakes(query, country, expected):
    assert BOOK.carrier(query, country).id == expected


@pytest.mark.parametrize(("query", "country"), [("tim", "BR"), ("mtn", "NG"), ("o2", None)])
def test_a_namesake_in_another_country_is_not_taken_for_it(query, country):
    with pytest.raises(AmbiguousCarrier):
        BOOK.carrier(query, country)


def test_a_brand_on_two_networks_is_told_apart():
    with pytest.raises(AmbiguousCarrier) as told:
        BOOK.carrier("tracfone", "US")
    assert told.value.nearest == ("tracfone at&t", "tracfone verizon")
    assert BOOK.carrier("tracfone verizon").name == "Tracfone"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("at&t", ["verizon_us", "tmobile_us"]),
        ("cricket", ["verizon_us", "tmobile_us"]),
        ("verizon", ["tmobile_us", "att_us"]),
        ("mint", ["verizon_us", "att_us"]),
        ("vodafone uk", ["ee_gb", "o2_gb"]),
        ("three uk", ["ee_gb", "o2_gb"]),
        ("sky mobile", ["ee_gb", "vodafone_gb"]),
        ("ee", ["o2_gb", "vodafone_gb"]),
        ("bell", ["rogers_ca", "telus_ca"]),
        ("freedom", ["rogers_ca", "telus_ca"]),
        ("jio", ["airtel_in", "vi_in"]),
        ("docomo", ["kddi_jp", "verizon_us"]),
        ("swisscom", ["verizon_us", "tmobile_us"]),
        ("at&t mexico", ["telcel_mx", "verizon_us"]),
    ],
)
def test_controls_are_other_operators_at_home_where_possible(query, expected):
    assert ids(BOOK.controls_for(BOOK.carrier(query))) == expected


@pytest.mark.parametrize("carrier", BOOK.carriers, ids=lambda carrier: carrier.id)
def test_a_control_fails_for_reasons_of_its_own(carrier):
    controls = BOOK.controls_for(carrier, count=3)
    everybody = [carrier, *controls]
    assert len(controls) >= 2
    for place, one in enumerate(everybody):
        for two in everybody[place + 1 :]:
            assert one.owner != two.owner
            assert one.host_network != two.host_network
            assert not set(one.epdg_hosts) & set(two.epdg_hosts)
    assert all(control.epdg_hosts and not control.is_guest for control in controls)


def test_the_same_question_has_the_same_controls():
    again = catalog.load({"resolvers": [{"id": "own", "operator": "us", "ipv4": "10.0.0.1"}]})
    for carrier in BOOK.carriers:
        assert ids(again.controls_for(carrier)) == ids(BOOK.controls_for(carrier))


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        (None, ["verizon_us", "tmobile_us"]),
        ("US", ["verizon_us", "tmobile_us"]),
        ("GB", ["ee_gb", "o2_gb"]),
        ("DE", ["telekom_de", "vodafone_de"]),
        ("JP", ["kddi_jp", "verizon_us"]),
        ("XX", ["verizon_us", "tmobile_us"]),
    ],
)
def test_without_a_carrier_two_operators_show_whether_the_path_is_open(country, expected):
    assert ids(BOOK.controls_for(None, country=country)) == expected


def test_one_owner_in_two_countries_is_one_company():
    pairs = [("t-mobile", "telekom de"), ("at&t", "at&t mexico"), ("telcel", "claro br")]
    for one, two in pairs:
        assert not independent(BOOK.carrier(one), BOOK.carrier(two))
    assert independent(BOOK.carrier("vodafone de"), BOOK.carrier("vodafone es"))


@pytest.mark.parametrize(
    ("locale", "country"),
    [
        ("en_GB.UTF-8", "GB"),
        ("de_DE@euro", "DE"),
        ("pt-BR", "BR"),
        ("zh_Hant_TW.UTF-8", "TW"),
        ("C", None),
        ("C.UTF-8", None),
        ("POSIX", None),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_a_locale_may_name_a_country(locale, country):
    assert catalog.country_of_locale(locale) == country


@pytest.mark.parametrize(
    ("plmn", "expected"),
    [
        ("310410", ("epdg.epc.att.net",)),
        ("24405", ("epdg.epc.mnc005.mcc244.pub.3gppnetwork.org",)),
        (
            "21910",
            (
                "epdg.epc.mnc10.mcc219.pub.3gppnetwork.org",
                "epdg.epc.mnc010.mcc219.pub.3gppnetwork.org",
            ),
        ),
        (
            "73003",
            (
                "epdg.ims.mnc003.mcc730.pub.3gppnetwork.org",
                "epdg.epc.mnc003.mcc730.pub.3gppnetwork.org",
            ),
        ),
    ],
)
def test_the_gateways_of_a_plmn_are_the_rows_then_the_exceptions_then_the_rules(plmn, expected):
    assert BOOK.epdg_hosts(plmn) == expected


def test_the_called_persons_carrier_is_never_its_own_control():
    controls = BOOK.controls_for(BOOK.carrier("att"), called=BOOK.carrier("verizon"))
    assert "verizon_us" not in ids(controls)
    assert len(controls) == 2
