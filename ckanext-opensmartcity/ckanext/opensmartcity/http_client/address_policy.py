"""Which addresses may be asked: those that everybody can reach, and those that an administrator has named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The registries of special addresses (RFC 6890) as they are today: Python's own lists differ from version to version.
_INSIDE_4 = tuple(
    IPv4Network(network)
    for network in """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
    """.split()
)
_OUTSIDE_6 = IPv6Network("2000::/3")
# Protocols and Teredo, examples, 6to4: the latter carries an IPv4 address that could be any.
_INSIDE_6 = tuple(map(IPv6Network, "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split()))
_NAT64 = IPv6Network("64:ff9b::/96")


def reached(address: Address) -> Address:
    """Return the address at which packets arrive: that of IPv4 in one that only wraps it."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open internet."""
    address = reached(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INSIDE_4)
    return address in _OUTSIDE_6 and not any(address in network for network in _INSIDE_6)


@dataclass(frozen=True)
class Doors:
    """What may be asked beside the open internet: networks, and hosts by name, with a port or with all of them."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[tuple[str, int | None]] = frozenset()

    def lead_to(self, host: str, port: int, address: str) -> bool:
        """Tell whether a connection to an address of a host may be made."""
        found = reached(ip_address(address.partition("%")[0]))
        host = host.rstrip(".").lower()
        return (
            is_public(found)
            or any(found in network for network in self.networks)
            or not self.hosts.isdisjoint({(host, port), (host, None)})
        )


def read_doors(entries: Iterable[str]) -> Doors:
    """Return the doors that a configuration names; ValueError says which entry has no meaning."""
    networks, hosts = list[Network](), set[tuple[str, int | None]]()
    for entry in entries:
        if (network := _network(entry)) is not None:
            networks.append(network)
        else:
            hosts.add(_host(entry))
    return Doors(tuple(networks), frozenset(hosts))


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _host(entry: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{entry}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in entry:
        raise ValueError(f"{entry!r} is no network, such as 10.1.0.0/16, and no host, such as data.city.example:8080")
    return parts.hostname, port
