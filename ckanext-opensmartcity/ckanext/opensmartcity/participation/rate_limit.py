"""Rate limits for contributions, and the client address behind trusted proxies (X-Forwarded-For).

Counters are kept in Valkey, shared by all web nodes, under keyed hashes that cannot be reversed.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping, Sequence

import ckan.plugins.toolkit as tk
import redis
from ckan.lib.redis import connect_to_redis
from ckan.types import Context
from flask import has_request_context

from .. import config
from ..config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Prefix length of the network that one household or company holds.
_IPV6_PREFIX = 64


def client_address(remote: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the IPv4 address or the IPv6 network of the client of a request.

    Each proxy appends its peer to X-Forwarded-For. The header is therefore read from the end, as far as trusted proxies
    wrote it; entries before that can be spoofed by the client.
    """
    # A server behind a Unix socket has no remote address: only a proxy on this machine can connect to it.
    address = _parse_address(remote) if remote else ipaddress.IPv4Address("127.0.0.1")
    if address is None:
        return "unknown"
    hops = [hop for line in forwarded for hop in line.split(",")]
    for hop in reversed(hops):
        previous = _parse_address(hop)
        if previous is None or not any(address in network for network in trusted):
            break
        address = previous
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))


def _parse_address(text: str) -> Address | None:
    """Parse an address as written by proxies, with or without port and brackets."""
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


HOUR, _DAY = 3_600, 86_400
# Atomic: increments all counters, or none if one is full. Returns 0, or its position and the seconds until it expires.
_INCREMENT = """
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


class TooManyRequests(tk.ValidationError):
    """Rate limit exceeded; `seconds` until the next attempt, for Retry-After."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__({"limit": [message]})
        self.seconds = seconds


def limit_visitor(context: Context) -> None:
    """Count one contribution of a user; without an account, of the client address and of the portal.

    Raise TooManyRequests if a limit is exceeded.
    """
    per_visitor, _, per_portal = config.hourly_limits()
    if not has_request_context():
        return  # a command, or a test that calls the action directly
    user, request = context.get("user"), tk.request
    if user:
        _increment({f"user:{user}": per_visitor})
    else:
        forwarded = request.headers.getlist("X-Forwarded-For")
        address = client_address(request.remote_addr, forwarded, config.trusted_proxies())
        _increment({f"from:{address}": per_visitor, "portal": per_portal})


def limit_record(record_id: str) -> None:
    """Count one contribution to a record. Raise TooManyRequests if its limit is exceeded."""
    if has_request_context():
        _increment({f"record:{record_id}": config.hourly_limits()[1]})


def _increment(limits: Mapping[str, int]) -> None:
    """Increment counters by name, each with its limit for an hour."""
    try:
        connection, salt_key = connect_to_redis(), _key("voices:salt")
        # The salt of the hashes is replaced every day.
        with connection.pipeline() as pipeline:
            pipeline.set(salt_key, secrets.token_bytes(32), nx=True, ex=_DAY)
            pipeline.get(salt_key)
            salt = bytes(pipeline.execute()[1])
        keys = [_key(f"voices:{hmac.new(salt, name.encode(), hashlib.sha256).hexdigest()[:32]}") for name in limits]
        full, seconds = connection.register_script(_INCREMENT)(keys, [HOUR, *limits.values()])
    except redis.RedisError as error:
        # Fail closed: without counters a flood would not be limited.
        raise TooManyRequests(tk._("Nothing can be sent just now. Please try again later."), 60) from error
    if full:
        raise TooManyRequests(_message(list(limits)[full - 1], seconds), max(seconds, 1))


def _key(name: str) -> str:
    # Several portals may share one Valkey.
    return f"ckan:{tk.config['ckan.site_id']}:opensmartcity:{name}"


def _message(name: str, seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    wait = tk.ungettext("Please try again in {n} minute.", "Please try again in {n} minutes.", minutes)
    why = tk._("You have sent as much as one person may send in an hour.")
    if name.startswith("record:"):
        why = tk._("Very many people write to this record just now.")
    elif name == "portal":
        why = tk._("Very many people write to this portal just now.")
    return f"{why} {wait.format(n=minutes)}"
