"""SSRF protection: which IP addresses may be contacted. Public ones, and those that an administrator has allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Today's special-purpose address registries (RFC 6890). The lists in `ipaddress` differ between Python versions.
_PRIVATE_4 = tuple(
    IPv4Network(network)
    for network in """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
    """.split()
)
_GLOBAL_UNICAST_6 = IPv6Network("2000::/3")
# Protocol assignments and Teredo, documentation, 6to4. A 6to4 address can embed any IPv4 address.
_PRIVATE_6 = tuple(map(IPv6Network, "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split()))
_NAT64 = IPv6Network("64:ff9b::/96")


def unwrap(address: Address) -> Address:
    """Return the address at which packets arrive: the embedded IPv4 address of IPv4-mapped and NAT64 addresses."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Return whether an address is globally reachable."""
    address = unwrap(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_4)
    return address in _GLOBAL_UNICAST_6 and not any(address in network for network in _PRIVATE_6)


@dataclass(frozen=True)
class AllowedHosts:
    """Exceptions from SSRF protection: networks, and pairs of host name and port, with None for any port."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[tuple[str, int | None]] = frozenset()

    def allows(self, host: str, port: int, address: str) -> bool:
        """Return whether to connect to a resolved address of a host: public, or one of the exceptions."""
        target = unwrap(ip_address(address.partition("%")[0]))
        host = host.rstrip(".").lower()
        return (
            is_public(target)
            or any(target in network for network in self.networks)
            or not self.hosts.isdisjoint({(host, port), (host, None)})
        )


def parse_allowed_hosts(entries: Iterable[str]) -> AllowedHosts:
    """Parse the entries of a configuration: networks, and hosts with or without a port.

    Raises ValueError, which names the invalid entry.
    """
    networks, hosts = list[Network](), set[tuple[str, int | None]]()
    for entry in entries:
        try:
            networks.append(ip_network(entry))
        except ValueError:
            hosts.add(_parse_host(entry))
    return AllowedHosts(tuple(networks), frozenset(hosts))


def _parse_host(entry: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{entry}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in entry:
        raise ValueError(
            f"{entry!r} is neither a network, such as 10.1.0.0/16, nor a host, such as data.city.example:8080"
        )
    return parts.hostname, port
