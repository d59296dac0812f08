"""From which address a visitor comes, also behind proxies, whatever the visitor says."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from ...config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# One household or company holds a whole network of this size.
_IPV6_NETWORK = 64


def client_address(remote: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the network from which a request comes.

    Each proxy adds to the end of X-Forwarded-For who asked it. So the header is read backwards, and only as far as
    proxies of our own wrote it: what stands before is the visitor's own word.
    """
    # A server behind a socket of the machine names no address: only a proxy beside it can reach that.
    here = _read(remote) if remote else ipaddress.IPv4Address("127.0.0.1")
    if here is None:
        return "unknown"
    hops = [hop for line in forwarded for hop in line.split(",")]
    for hop in reversed(hops):
        before = _read(hop)
        if before is None or not _is_in(here, trusted):
            break
        here = before
    return _network(here)


def _read(text: str) -> Address | None:
    """Return an address as proxies write it: some add a port, some brackets."""
    text = text.strip().removeprefix("[")
    host = text.partition("]")[0] if "]" in text else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _network(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
