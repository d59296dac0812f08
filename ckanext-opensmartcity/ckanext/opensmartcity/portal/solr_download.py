"""Download of Solr's jars from Maven Central into a cache, each verified against its SHA-256 in solr/jars.lock.

To regenerate the lock after a change of solr/pom.xml (needs Maven):

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
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from .common import PortalError, echo
from .disk import user_cache_folder

LOCK = Path(__file__).parent / "solr" / "jars.lock"
CENTRAL = "https://repo1.maven.org/maven2"
VERSION = "9.10.1"
PARALLEL_DOWNLOADS = 6
TRIES = 3
PROGRESS_SECONDS = 5


@dataclass(frozen=True)
class Jar:
    """Path of a file in a Maven repository, and its expected SHA-256."""

    path: str
    sha256: str

    @property
    def name(self) -> str:
        """File name, unique in the lock."""
        return self.path.rsplit("/", 1)[-1]

    def is_in(self, folder: Path) -> bool:
        """Return whether the folder has this file with the expected digest."""
        file = folder / self.name
        return file.is_file() and digest(file.read_bytes()) == self.sha256


def ensure_jars(folder: Path | None = None, jars: Iterable[Jar] | None = None) -> Path:
    """Download missing and damaged jars; return the folder that then has every jar of the lock."""
    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars or read_lock() if not jar.is_in(folder)]
    if missing:
        _download_all(missing, folder)
    return folder


def read_lock(file: Path = LOCK) -> list[Jar]:
    """Parse the lock: a path and a SHA-256 on each line."""
    return [Jar(*line.split()) for line in file.read_text(encoding="utf-8").splitlines()]


def lock_lines(repository: Path) -> list[str]:
    """Return the lock's lines for all jars below a folder with the layout of a Maven repository."""
    return [
        f"{jar.relative_to(repository).as_posix()} {digest(jar.read_bytes())}"
        for jar in sorted(repository.rglob("*.jar"))
    ]


def class_path(folder: Path) -> str:
    """Return Java's class path: the jars of the lock and no other file of the folder."""
    return os.pathsep.join(str(folder / jar.name) for jar in read_lock())


def cache_folder() -> Path:
    """Return the cache folder of this version of Solr, which all clones share."""
    return user_cache_folder() / f"solr-{VERSION}"


def digest(content: bytes) -> str:
    """Return the SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _download_all(jars: list[Jar], folder: Path) -> None:
    """Download jars in parallel, with progress lines; raise the first error at once."""
    echo(f"Downloading Solr {VERSION} ({len(jars)} files) into {folder}")
    pool = ThreadPoolExecutor(PARALLEL_DOWNLOADS)
    next_progress = time.monotonic() + PROGRESS_SECONDS
    try:
        pending = {pool.submit(_download, jar, folder) for jar in jars}
        while pending:
            done, pending = wait(pending, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            if time.monotonic() > next_progress:
                echo(f"  {len(jars) - len(pending)} of {len(jars)} files")
                next_progress = time.monotonic() + PROGRESS_SECONDS
    finally:
        pool.shutdown(cancel_futures=True)


def _download(jar: Jar, folder: Path) -> None:
    """Download a jar, verify it and move it into the folder atomically."""
    base = os.environ.get("OSC_MAVEN_URL", CENTRAL).rstrip("/")
    content = _get(f"{base}/{jar.path}")
    if digest(content) != jar.sha256:
        raise PortalError(
            f"{jar.name} from {base} is not the file that was locked (wrong SHA-256): try again, "
            "or set OSC_MAVEN_URL to a repository that you trust."
        )
    draft = folder / f"{jar.name}.{os.getpid()}.part"
    try:
        draft.write_bytes(content)
        draft.replace(folder / jar.name)
    finally:
        draft.unlink(missing_ok=True)


def _get(url: str) -> bytes:
    """Return the body of an HTTP response; try again after 1 and 2 seconds."""
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
