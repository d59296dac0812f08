"""SSRF protection: special-purpose addresses are private in any spelling and any IPv6 embedding."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from ckanext.opensmartcity.http_client.address_policy import AllowedHosts, is_public, parse_allowed_hosts
from ckanext.opensmartcity.http_client.client import lookup
from hypothesis import given
from hypothesis import strategies as st

PRIVATE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
64:ff9b:1::808:808 100::1 2001::1 2001:db8::1 2001:20::1 2002:7f00:1:: 2002:808:808::1 3fff::1 fc00::1 fd12::1 fe80::1
fe80::1%eth0 fec0::1 ff02::1 5f00::1
""".split()
PUBLIC = """
1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.0.1.1 198.17.255.255 198.20.0.1 223.255.255.255
2001:4860:4860::8888 2a00:1450:4001::1 2606:4700::1 ::ffff:8.8.8.8 64:ff9b::808:808
""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_allowed(address):
    assert not AllowedHosts().allows("web.example", 80, address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address):
    assert AllowedHosts().allows("web.example", 80, address)


@given(st.ip_addresses())
def test_no_public_address_is_private_or_special_for_python(address):
    if is_public(address):
        assert not any(
            getattr(address, name)
            for name in ("is_private", "is_loopback", "is_link_local", "is_multicast", "is_unspecified")
            if not (
                isinstance(address, IPv6Address) and (address.ipv4_mapped or address in IPv6Network("64:ff9b::/96"))
            )
        )


@given(st.ip_addresses(v=4))
def test_an_address_embedded_in_ipv6_gets_the_same_verdict(address):
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    translated = IPv6Address(bytes.fromhex("0064ff9b") + b"\0" * 8 + address.packed)
    assert is_public(mapped) == is_public(translated) == is_public(address)


@pytest.mark.parametrize(
    "spelled", ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0x7f000001", "017700000001", "localhost"]
)
def test_loopback_spelled_as_a_number_or_name_is_not_allowed(spelled):
    assert lookup(spelled, 80)
    assert not any(AllowedHosts().allows(spelled, 80, address) for address in lookup(spelled, 80))


@pytest.mark.parametrize(
    ("entry", "host", "port", "address", "is_allowed"),
    [
        ("10.1.0.0/16", "any.example", 80, "10.1.2.3", True),
        ("10.1.0.0/16", "any.example", 80, "10.2.2.3", False),
        ("10.1.0.0/16", "any.example", 80, "::ffff:10.1.2.3", True),
        ("127.0.0.1", "any.example", 80, "127.0.0.1", True),
        ("fd12::/16", "any.example", 80, "fd12::1", True),
        ("intranet.example", "Intranet.Example.", 80, "10.1.2.3", True),
        ("intranet.example", "other.example", 80, "10.1.2.3", False),
        ("intranet.example", "sub.intranet.example", 80, "10.1.2.3", False),
        ("localhost:5001", "localhost", 5001, "127.0.0.1", True),
        ("localhost:5001", "localhost", 5002, "127.0.0.1", False),
        ("127.0.0.1:5001", "127.0.0.1", 5001, "127.0.0.1", True),
        ("127.0.0.1:5001", "127.0.0.1", 6379, "127.0.0.1", False),
        ("[::1]:5001", "::1", 5001, "::1", True),
    ],
)
def test_an_entry_allows_its_network_or_host_only(entry, host, port, address, is_allowed):
    assert parse_allowed_hosts([entry]).allows(host, port, address) is is_allowed


@pytest.mark.parametrize("entry", ["", "http://x.example", "x.example/path", "10.0.0.1/8", "a:b:c", "x:9999999", "u@x"])
def test_an_invalid_entry_is_named(entry):
    with pytest.raises(ValueError, match="is neither a network"):
        parse_allowed_hosts([entry])


def test_by_default_no_private_address_is_allowed():
    assert parse_allowed_hosts([]) == AllowedHosts()
    assert not is_public(ip_address("127.0.0.1"))
    assert isinstance(ip_address("127.0.0.1"), IPv4Address)
