"""From where a visitor comes: what our own proxies say is believed, and nothing else."""

import ipaddress

import pytest
from ckanext.opensmartcity.views.rate_limit import client_address
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.middleware.proxy_fix import ProxyFix

TRUSTED = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "::1/128", "10.0.0.0/8")))


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # a visitor who makes up a header
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),  # made up, then our proxy's word
        ("127.0.0.1", ["192.0.2.66", "198.51.100.1"], "198.51.100.1"),  # two headers count as one
        ("127.0.0.1", ["192.0.2.66, 198.51.100.1, 10.0.0.5"], "198.51.100.1"),  # two proxies of our own
        ("127.0.0.1", ["10.0.0.5"], "10.0.0.5"),  # somebody within our network
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1, nonsense"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("127.0.0.1", ["[2001:db8:1:2::3]:4711"], "2001:db8:1:2::/64"),
        ("::1", ["2001:db8:1:2:aaaa::3"], "2001:db8:1:2::/64"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], "198.51.100.1"),  # behind a socket of the machine
        ("", [], "127.0.0.1"),
        ("not an address", ["198.51.100.1"], "unknown"),
    ],
)
def test_the_address_is_the_last_that_our_own_proxies_wrote(remote, forwarded, expected):
    assert client_address(remote, forwarded, TRUSTED) == expected


@given(st.lists(st.text(max_size=40), max_size=5), st.ip_addresses(v=4))
def test_whatever_a_visitor_sends_the_proxys_word_is_what_counts(made_up, seen):
    behind = not any(seen in network for network in TRUSTED if network.version == 4)
    if behind:
        assert client_address("127.0.0.1", [*made_up, str(seen)], TRUSTED) == str(seen)


def test_without_trusted_proxies_no_header_is_believed():
    assert client_address("127.0.0.1", ["198.51.100.1"], ()) == "127.0.0.1"


def test_counting_hops_instead_would_believe_a_visitor_who_goes_past_the_proxy():
    """The property for which Werkzeug's ProxyFix is not used: docs/adr/0011-client-address-by-trusted-networks.md."""
    visitor, made_up, seen = "203.0.113.9", "198.51.100.1", []
    environ = {"REMOTE_ADDR": visitor, "HTTP_X_FORWARDED_FOR": made_up}
    ProxyFix(lambda environ, start: seen.append(environ["REMOTE_ADDR"]) or [], x_for=1)(environ, None)
    assert seen == [made_up]
    assert client_address(visitor, [made_up], TRUSTED) == visitor
