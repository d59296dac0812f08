"""Rate limits per client, and the client address behind trusted proxies (X-Forwarded-For).

The library `limits` counts fixed windows in CKAN's Redis, shared by all web nodes. Identifiers are stored as keyed
hashes that cannot be reversed.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import ckan.plugins.toolkit as tk
import redis
from ckan.lib.redis import connect_to_redis
from ckan.types import Context
from flask import has_request_context
from limits import RateLimitItemPerHour
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter

from .. import config
from ..config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Prefix length of the network that one household or company holds.
_IPV6_PREFIX = 64
HOUR, _DAY = 3_600, 86_400
# Key in `flask.g`: the seconds after which a request that was rejected may be sent again.
RETRY_AFTER = "opensmartcity_retry_after"


def client_address(remote: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the IPv4 address or the IPv6 network of the client of a request.

    Each proxy appends its peer to X-Forwarded-For. The header is therefore read from the end, as far as trusted proxies
    wrote it; entries before that can be spoofed by the client. Werkzeug's ProxyFix counts hops and cannot tell a
    trusted proxy from a client: docs/adr/0011-client-address-by-trusted-networks.md.
    """
    # A server behind a Unix socket has no remote address: only a proxy on this machine can connect to it.
    address = parse_address(remote) if remote else ipaddress.IPv4Address("127.0.0.1")
    if address is None:
        return "unknown"
    hops = [hop for line in forwarded for hop in line.split(",")]
    for hop in reversed(hops):
        previous = parse_address(hop)
        if previous is None or not any(address in network for network in trusted):
            break
        address = previous
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))


def parse_address(text: str) -> Address | None:
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


def request_address() -> str:
    """Return the client address of the current request."""
    forwarded = tk.request.headers.getlist("X-Forwarded-For")
    return client_address(tk.request.remote_addr, forwarded, config.trusted_proxies())


class TooManyRequests(tk.ValidationError):
    """Rate limit exceeded; `seconds` until the next attempt, for Retry-After."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__({"limit": [message]})
        self.seconds = seconds
        if has_request_context():
            setattr(tk.g, RETRY_AFTER, seconds)


class Quota(NamedTuple):
    """Number of requests that `subject`, such as `from:198.51.100.7`, may send in an hour; `reason` is translated."""

    subject: str
    amount: int
    reason: str


def consume(*quotas: Quota) -> None:
    """Count one request against each quota. Raise TooManyRequests, and count against none, if one is used up."""
    try:
        storage, salt = _storage(connect_to_redis().connection_pool, _key("counter")), _daily_salt()
        limiter = FixedWindowRateLimiter(storage)
        taken: list[tuple[RateLimitItemPerHour, str]] = []
        for quota in quotas:
            pseudonym = hmac.new(salt, quota.subject.encode(), hashlib.sha256).hexdigest()[:32]
            hit = RateLimitItemPerHour(quota.amount), pseudonym
            if not limiter.hit(*hit):
                for earlier in taken:
                    limiter.hit(*earlier, cost=-1)
                seconds = max(1, round(limiter.get_window_stats(*hit).reset_time - time.time()))
                raise TooManyRequests(f"{quota.reason} {_wait(seconds)}", seconds)
            taken.append(hit)
    except redis.RedisError as error:
        # Fail closed: without counters a flood would not be limited.
        raise TooManyRequests(tk._("Nothing can be sent just now. Please try again later."), 60) from error


def limit_anonymous(context: Context, purpose: str, amount: int, reason: str) -> None:
    """Count one request from the address of an anonymous client. Raise TooManyRequests if `amount` is exceeded.

    Users with an account and calls outside a request are not limited.
    """
    if has_request_context() and not context.get("user"):
        consume(Quota(f"{purpose}:{request_address()}", amount, reason))


@lru_cache(maxsize=1)
def _storage(pool: redis.ConnectionPool, key_prefix: str) -> RedisStorage:
    # With a connection pool the URI is not used.
    return RedisStorage("redis://", connection_pool=pool, key_prefix=key_prefix)


def _key(name: str) -> str:
    # Several portals may share one Valkey.
    return f"ckan:{tk.config['ckan.site_id']}:opensmartcity:rate-limit:{name}"


def _daily_salt() -> bytes:
    """Return the salt of the hashes, which is replaced every day."""
    key = _key("salt")
    with connect_to_redis().pipeline() as pipeline:
        pipeline.set(key, secrets.token_bytes(32), nx=True, ex=_DAY)
        pipeline.get(key)
        return bytes(pipeline.execute()[1])


def _wait(seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    wait = tk.ungettext("Please try again in {n} minute.", "Please try again in {n} minutes.", minutes)
    return str(wait.format(n=minutes))
