"""Download of Solr's jars: complete and with the locked digests, or an error."""

import errno
import os
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ckanext.opensmartcity.portal import service, solr_download
from ckanext.opensmartcity.portal.common import PortalError

CONTENT = b"not really a jar"
JAR = solr_download.Jar("org/example/sample-1.jar", solr_download.digest(CONTENT))


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Log nothing."""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A local Maven repository that has the jar."""
    folder = tmp_path / "repository"
    file = folder / JAR.path
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    server = ThreadingHTTPServer((service.HOST, 0), partial(QuietHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OSC_MAVEN_URL", f"http://{service.HOST}:{server.server_port}/")
    yield folder
    server.shutdown()
    server.server_close()


def test_a_missing_jar_is_fetched(repository, tmp_path):
    folder = solr_download.ensure_jars(tmp_path / "cache", [JAR])
    assert [file.name for file in folder.iterdir()] == ["sample-1.jar"]
    assert (folder / "sample-1.jar").read_bytes() == CONTENT


def test_a_damaged_download_is_refused(repository, tmp_path):
    (repository / JAR.path).write_bytes(CONTENT + b"!")
    with pytest.raises(PortalError, match=r"sample-1.jar .*wrong SHA-256.* OSC_MAVEN_URL"):
        solr_download.ensure_jars(tmp_path / "cache", [JAR])
    assert not list((tmp_path / "cache").iterdir())


def test_a_full_disk_leaves_no_part_of_a_jar(repository, tmp_path, monkeypatch):
    def fill(self, content):
        self.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match="No space left"):
        solr_download.ensure_jars(tmp_path / "cache", [JAR])
    assert not list((tmp_path / "cache").iterdir())


def test_a_jar_damaged_in_the_cache_is_fetched_again(repository, tmp_path):
    folder = solr_download.ensure_jars(tmp_path / "cache", [JAR])
    (folder / JAR.name).write_bytes(CONTENT[:5])
    solr_download.ensure_jars(folder, [JAR])
    assert (folder / JAR.name).read_bytes() == CONTENT


def test_a_complete_cache_needs_no_network(repository, tmp_path, monkeypatch):
    folder = solr_download.ensure_jars(tmp_path / "cache", [JAR])
    monkeypatch.setenv("OSC_MAVEN_URL", f"http://{service.HOST}:{service.free_port()}")
    assert solr_download.ensure_jars(folder, [JAR]) == folder


def test_no_network_is_one_line_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(solr_download, "TRIES", 1)
    monkeypatch.setenv("OSC_MAVEN_URL", f"http://{service.HOST}:{service.free_port()}")
    with pytest.raises(PortalError, match=r"Solr could not be downloaded .* check the network") as error:
        solr_download.ensure_jars(tmp_path / "cache", [JAR])
    assert "\n" not in str(error.value)


def test_the_lock_is_what_a_maven_folder_yields(repository):
    assert solr_download.lock_lines(repository) == [f"{JAR.path} {JAR.sha256}"]


def test_every_line_of_the_shipped_lock_is_a_jar_of_its_own():
    lock = solr_download.read_lock()
    assert len({jar.name for jar in lock}) == len(lock) > 50
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) and jar.path.endswith(".jar") for jar in lock)
