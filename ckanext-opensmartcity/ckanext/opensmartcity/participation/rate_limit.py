"""Rate limits for contributions, and the client address behind trusted proxies (X-Forwarded-For).

Counters are kept in Valkey, shared by all web nodes, under keyed hashes that cannot be reversed.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import redis
from ckan.lib.redis import connect_to_redis
from ckan.types import Context
from flask import has_request_context

from .. import config
from ..config import Network

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


HOUR, _DAY = 3_600, 86_400
# All or nothing, in one step: returns 0, or the number of the full counter and the seconds until it is empty.
_TAKE = """
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i + 1]) then
    return {i, redis.call('TTL', key)}
  end
end
for _, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[1]) end
end
return {0, 0}
"""


class TooMany(tk.ValidationError):
    """More was sent than is taken; `seconds` says when to try again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__({"limit": [message]})
        self.seconds = seconds


def take_visitor(context: Context) -> None:
    """Count one sending of whoever asks, and of the portal if they have no account; TooMany where that is full."""
    address, _, portal = config.hourly_limits()
    if not has_request_context():
        return  # a command on the machine, or a test of ours
    user = context.get("user")
    wanted = {f"user:{user}": address} if user else {f"from:{_visitor()}": address, "portal": portal}
    _take(wanted)


def take_record(record_id: str) -> None:
    """Count one sending to a record; TooMany where that is full."""
    if has_request_context():
        _take({f"record:{record_id}": config.hourly_limits()[1]})


def _visitor() -> str:
    asked = tk.request
    return client_address(asked.remote_addr, asked.headers.getlist("X-Forwarded-For"), config.trusted_proxies())


def _take(wanted: Mapping[str, int]) -> None:
    try:
        full, seconds = _count(wanted)
    except redis.RedisError as error:
        # Better no question than no limit: a flood would come just then.
        raise TooMany(tk._("Nothing can be sent just now. Please try again later."), 60) from error
    if full:
        raise TooMany(_said(list(wanted)[full - 1], seconds), max(seconds, 1))


def _count(wanted: Mapping[str, int]) -> Any:
    connection = connect_to_redis()
    salt = _salt(connection)
    keys = [_key(f"voices:{hmac.new(salt, name.encode(), hashlib.sha256).hexdigest()[:32]}") for name in wanted]
    return connection.register_script(_TAKE)(keys, [HOUR, *wanted.values()])


def _salt(connection: redis.Redis) -> bytes:
    key = _key("voices:salt")
    with connection.pipeline() as both:
        both.set(key, secrets.token_bytes(32), nx=True, ex=_DAY)
        both.get(key)
        return bytes(both.execute()[1])


def _key(name: str) -> str:
    # Several portals may share one Valkey.
    return f"ckan:{tk.config['ckan.site_id']}:opensmartcity:{name}"


def _said(name: str, seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    wait = tk.ungettext("Please try again in {n} minute.", "Please try again in {n} minutes.", minutes)
    why = tk._("You have sent as much as one person may send in an hour.")
    if name.startswith("record:"):
        why = tk._("Very many people write to this record just now.")
    elif name == "portal":
        why = tk._("Very many people write to this portal just now.")
    return f"{why} {wait.format(n=minutes)}"
