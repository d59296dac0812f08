"""Solr's jars: fetched once from Maven Central into a cache, each checked against solr/jars.lock.

To make the lock anew after changing solr/pom.xml (needs Maven):

    mvn -f PORTAL/solr/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
        -Dmdep.useRepositoryLayout=true -DoutputDirectory=/tmp/solr-jars
    python -m ckanext.opensmartcity.portal.solr_download /tmp/solr-jars > PORTAL/solr/jars.lock
"""

import hashlib
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from .common import PortalError, say

LOCK = Path(__file__).parent / "solr" / "jars.lock"
CENTRAL = "https://repo1.maven.org/maven2"
VERSION = "9.10.1"
DOWNLOADS = 6
TRIES = 3


@dataclass(frozen=True)
class Jar:
    """A file of a Maven repository and the digest that it must have."""

    path: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's name, unique in the lock."""
        return self.path.rsplit("/", 1)[-1]

    def is_in(self, folder: Path) -> bool:
        """Tell whether the folder holds this very file."""
        file = folder / self.name
        return file.is_file() and digest(file.read_bytes()) == self.sha256


def ensure(folder: Path | None = None, jars: Iterable[Jar] | None = None) -> Path:
    """Return the folder that holds every jar of the lock, fetching what is missing."""
    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(jars or read_lock())
    missing = [jar for jar in wanted if not jar.is_in(folder)]
    if missing:
        _fetch_all(missing, folder)
    return folder


def read_lock(file: Path = LOCK) -> list[Jar]:
    """Read the lock: a path and a digest on each line."""
    return [Jar(*line.split()) for line in file.read_text(encoding="utf-8").splitlines()]


def lock_lines(repository: Path) -> list[str]:
    """Describe every jar below a folder that is laid out as a Maven repository."""
    return [
        f"{jar.relative_to(repository).as_posix()} {digest(jar.read_bytes())}"
        for jar in sorted(repository.rglob("*.jar"))
    ]


def class_path(folder: Path) -> str:
    """Return what Java's -cp takes: the jars of the lock and no other file of the folder."""
    return os.pathsep.join(str(folder / jar.name) for jar in read_lock())


def cache_folder() -> Path:
    """Return the folder that outlives clones."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "opensmartcity" / f"solr-{VERSION}"


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _fetch_all(jars: list[Jar], folder: Path) -> None:
    say(f"Downloading Solr {VERSION} ({len(jars)} files) into {folder}")
    pool = ThreadPoolExecutor(DOWNLOADS)
    try:
        _report({pool.submit(_fetch, jar, folder) for jar in jars})
    finally:
        pool.shutdown(cancel_futures=True)


def _report(running: set[Future[None]]) -> None:
    total = len(running)
    reminder = time.monotonic() + 5
    while running:
        done, running = wait(running, timeout=1, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        if time.monotonic() > reminder:
            say(f"  {total - len(running)} of {total} files")
            reminder = time.monotonic() + 5


def _fetch(jar: Jar, folder: Path) -> None:
    base = os.environ.get("OSC_MAVEN_URL", CENTRAL).rstrip("/")
    content = _download(f"{base}/{jar.path}")
    if digest(content) != jar.sha256:
        raise PortalError(
            f"{jar.name} from {base} is not the file that was locked (wrong SHA-256): try again, "
            "or set OSC_MAVEN_URL to a repository that you trust."
        )
    draft = folder / f"{jar.name}.{os.getpid()}.part"
    draft.write_bytes(content)
    draft.replace(folder / jar.name)


def _download(url: str) -> bytes:
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310
                content: bytes = response.read()
                return content
        except (OSError, urllib.error.URLError) as error:
            if attempt == TRIES:
                raise PortalError(
                    f"Solr could not be downloaded from {url} ({error}): check the network, "
                    "set OSC_MAVEN_URL to a mirror, or OSC_SOLR_URL to a Solr that you run."
                ) from error
            time.sleep(attempt)
    raise AssertionError


if __name__ == "__main__":
    print("\n".join(lock_lines(Path(sys.argv[1]))))
