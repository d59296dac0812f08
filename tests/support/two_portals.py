"""Two embedded portals compare each other; then one is stopped, and then it sends nonsense. Run by hand:

.venv/bin/python tests/support/two_portals.py FOLDER

It takes some minutes, and prints what each page says.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from urllib.request import urlopen

from ckanext.opensmartcity.portal import service
from support.misbehaving_server import Server, reply

CKAN = Path(sys.executable).with_name("ckan")
# Without settings that are meant for another CKAN.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("OSC_", "CKAN_"))}


class Portal:
    """An embedded portal as a process of its own."""

    def __init__(self, folder: Path, title: str, port: int) -> None:
        self.folder, self.title, self.port = folder, title, port
        self.address = f"http://127.0.0.1:{port}"

    def start(self, peer: str) -> None:
        environment = {
            **CLEAN,
            "OSC_PORT": str(self.port),
            "OSC_DATA": str(self.folder),
            "OSC_PEERS": peer,
            "OSC_TITLE": self.title,
        }
        command = [sys.executable, "-m", "ckanext.opensmartcity.portal", "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("Portal ready"):
                print(f"{self.title}: {line.strip()}", flush=True)
                return
        raise SystemExit(f"{self.title} did not start: {self.process.wait()}")

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        print(f"{self.title}: stopped", flush=True)

    def fetch(self) -> None:
        command = [str(CKAN), "-c", str(self.folder / "ckan.ini"), "opensmartcity", "peers", "fetch"]
        done = subprocess.run(command, env=CLEAN, capture_output=True, text=True, check=True)
        print(f"{self.title}: peers fetch: {done.stdout.strip()}", flush=True)

    def tell(self) -> None:
        """Print what the page says of each city, and of one figure."""
        start = time.monotonic()
        with urlopen(f"{self.address}/transparency/compare") as page:
            body = unescape(page.read().decode())
            status = page.status
        took = time.monotonic() - start
        print(f"{self.title}: the page: {status}, {len(body)} characters, {took * 1000:.0f} ms", flush=True)
        for city in re.findall(r'<li class="osc-peer .*?</li>', body, re.DOTALL):
            print("   ", " ".join(re.sub(r"<[^>]+>", " ", city).split()))
        with urlopen(f"{self.address}/transparency/compare.json") as answer:
            compared = json.load(answer)
        figures = [figure for part in compared["characteristics"] for figure in part["figures"]]
        owner = next((figure["values"] for figure in figures if figure["id"] == "owner"), None)
        print(f"    {len(figures)} figures and {len(compared['derived'])} derived; owner: {owner}", flush=True)


def main(folder: Path) -> None:
    first = Portal(folder / "first", "Zuiderhaven Open Data", service.free_port())
    second = Portal(folder / "second", "Noorderhaven Open Data", service.free_port())
    second.start(first.address)
    first.start(second.address)
    try:
        for portal in (first, second):
            portal.fetch()
            portal.tell()
        second.stop()
        first.fetch()
        first.tell()
        nonsense = Server({"*": reply(200, b"<h1>It works!</h1>", Content_Type="text/html")}, port=second.port)
        first.fetch()
        first.tell()
        nonsense.close()
    finally:
        for portal in (first, second):
            portal.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
