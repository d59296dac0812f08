"""Evidence of the ways by which requests reach the portal: whether all visitors look like one to rate limits.

That is so if a proxy is not trusted, or if it does not pass on the address of its client. The last requests are kept in
CKAN's Redis as words, without the addresses of visitors: an address is kept only of proxies in private networks.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter, deque
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import redis
from flask import Blueprint

from .. import config
from ..contributions import Diagnosis, DoctorCheck
from ..standard.i18n import N_, Message
from .rate_limit import parse_address

blueprint = Blueprint("opensmartcity_reverse_proxy", __name__)

# How many of the last requests are kept, and how many there must be to judge.
_KEPT, _ENOUGH = 200, 30
# Seconds between two writes of a process, and after which Redis forgets.
_INTERVAL, _EXPIRY = 60.0, 7 * 86_400
# Seconds that a visitor may wait for Redis once in the interval.
_TIMEOUT = 0.3
# Shares of the requests that make a finding. Programs on the machine itself use no proxy.
_FEW, _MOST = 0.2, 0.95
# Requests of monitoring and of assets tell nothing about visitors.
_LEFT_OUT = ("opensmartcity_monitoring", "webassets", "static", None)
_BARE, _FORWARDED, _DIRECT, _UNTRUSTED = "bare", "forwarded", "direct", "untrusted"


class _Process:
    """Requests of this process that are not written yet, and the time of the next write."""

    seen: ClassVar[deque[str]] = deque(maxlen=_KEPT)
    write_at = 0.0


class Evidence(NamedTuple):
    """Number of the requests that are known, by the way on which they came, and by untrusted proxy."""

    ways: Counter[str]
    proxies: Counter[str]


@blueprint.before_app_request
def observe() -> None:
    """Note on which way this request came."""
    if tk.request.blueprint in _LEFT_OUT or tk.request.endpoint == "static":
        return
    _Process.seen.append(_way(tk.request.remote_addr, "X-Forwarded-For" in tk.request.headers))
    if time.monotonic() >= _Process.write_at:
        flush()


def _way(remote: str | None, forwarded: bool) -> str:
    # A server behind a Unix socket has no remote address: only a proxy on this machine can connect to it.
    address = parse_address(remote or "127.0.0.1")
    if address is None:
        return _DIRECT
    if any(address in network for network in config.trusted_proxies()):
        return _FORWARDED if forwarded else _BARE
    if not forwarded:
        return _DIRECT
    # Only an address inside is surely one of a proxy: any visitor can send the header.
    return f"{_UNTRUSTED} {address}" if not address.is_global else _UNTRUSTED


def flush() -> None:
    """Write the requests of this process to Redis. Nothing is kept if Redis does not answer."""
    _Process.write_at = time.monotonic() + _INTERVAL
    seen = [_Process.seen.popleft() for _ in range(len(_Process.seen))]
    if not seen:
        return
    try:
        with _connection() as connection, connection.pipeline() as pipeline:
            pipeline.lpush(_key(), *seen)
            pipeline.ltrim(_key(), 0, _KEPT - 1)
            pipeline.expire(_key(), _EXPIRY)
            pipeline.execute()
    except redis.RedisError:
        return


def evidence() -> Evidence:
    """Return what is known of the last requests to all processes of the portal. Raises redis.RedisError."""
    flush()
    with _connection() as connection:
        words = [each.decode().partition(" ") for each in connection.lrange(_key(), 0, -1)]
    return Evidence(Counter(way for way, _, _ in words), Counter(address for _, _, address in words if address))


def _connection() -> redis.Redis:
    timeouts = {"socket_timeout": _TIMEOUT, "socket_connect_timeout": _TIMEOUT}
    return redis.Redis.from_url(tk.config["ckan.redis.url"], **timeouts)


def _key() -> str:
    # Evidence from before a change of the option does not count.
    networks = hashlib.sha256(repr(config.trusted_proxies()).encode()).hexdigest()[:16]
    return f"ckan:{tk.config['ckan.site_id']}:opensmartcity:requests:{networks}"


def check_proxy() -> Diagnosis:
    """Tell whether the portal knows its visitors apart (doctor)."""
    known = evidence()
    total, untrusted = known.ways.total(), known.ways[_UNTRUSTED]
    private = known.proxies.total()
    if total < _ENOUGH:
        return Diagnosis("ok", Message(N_("Too few requests to tell whether the portal knows its visitors apart.")))
    if private >= _FEW * total or untrusted >= _MOST * total:
        proxies = ", ".join(address for address, _ in known.proxies.most_common(3)) or "…"
        return Diagnosis(
            "warning",
            Message(
                N_("Requests come from a proxy that is not trusted, so that all visitors look like one: {proxies}"),
                {"proxies": proxies},
            ),
            Message(N_("Add the addresses of your proxies to ckanext.opensmartcity.trusted_proxies.")),
        )
    if known.ways[_BARE] >= _MOST * total and not _is_local(str(tk.config["ckan.site_url"])):
        return Diagnosis(
            "warning",
            Message(N_("The proxy does not say for whom it asks, so that all visitors look like one.")),
            Message(
                N_("Let it send X-Forwarded-For. nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")
            ),
        )
    return Diagnosis("ok", Message(N_("The portal knows its visitors apart.")))


def _is_local(site_url: str) -> bool:
    """Tell whether the portal is for this machine alone, such as one to try out, which has no proxy."""
    host = urlsplit(site_url).hostname or ""
    address = parse_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


CHECK = DoctorCheck("proxy", check_proxy, needs="redis")
