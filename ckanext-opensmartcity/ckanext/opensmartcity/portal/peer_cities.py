"""Two invented cities to compare with: files of indicators, served on this machine beside the portal."""

from __future__ import annotations

import functools
import html
import http.server
import json
import sys
from pathlib import Path
from typing import Any

import requests
import yaml

from . import demo, service

FILE = demo.FOLDER / "peers.yaml"
PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<h1>{title}</h1><p>This city is invented. Its portal has nothing but <a href="transparency.json">indicators</a>.</p>
"""


def read_peers() -> dict[str, Any]:
    """Return the cities by the last part of their address."""
    peers: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return peers


def choose_port(folder: Path) -> int:
    """Return the port that the cities had at the last start, or another one if it is taken.

    The comparison keeps what it has fetched by address.
    """
    file = folder / "peers" / "port"
    if file.exists() and service.is_free(int(file.read_text(encoding="utf-8"))):
        return int(file.read_text(encoding="utf-8"))
    file.parent.mkdir(exist_ok=True)
    port = service.free_port()
    file.write_text(str(port), encoding="utf-8")
    (folder / "peers" / "fetched").unlink(missing_ok=True)
    return port


def addresses(port: int) -> list[str]:
    """Return the addresses of the cities."""
    return [f"http://{service.HOST}:{port}/{name}" for name in read_peers()]


def write(folder: Path, portal: str) -> None:
    """Write the indicators of each city, derived from those that this portal publishes."""
    own = requests.get(f"{portal}/transparency.json", timeout=60).json()
    for name, peer in read_peers().items():
        city = folder / "peers" / name
        city.mkdir(exist_ok=True)
        (city / "transparency.json").write_text(json.dumps(derive(own, peer)), encoding="utf-8")
        (city / "index.html").write_text(PAGE.format(title=html.escape(peer["title"])), encoding="utf-8")


def derive(own: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    """Return the indicators of another city in the published format (`city.schema.json`), without lists of records."""
    parts = [
        {
            **{name: part[name] for name in ("id", "label", "question")},
            "figures": [_figure(figure, peer) for figure in part["figures"]],
        }
        for part in own["characteristics"]
    ]
    head = {name: own[name] for name in ("as_of", "standard")}
    return {**head, "city": peer["title"], "total": round(own["total"] * peer["size"]), "characteristics": parts}


def _figure(figure: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    whole = max(1, round(figure["of"] * peer["size"])) if figure["of"] else 0
    share = figure["count"] / figure["of"] if figure["of"] else 0
    points = peer["figures"].get(figure["id"], peer["points"])
    count = min(whole, max(0, round(whole * (share + points / 100))))
    return {**{name: figure[name] for name in ("id", "title", "definition")}, "count": count, "of": whole}


def main(port: str, folder: str) -> None:
    """Serve the files of the cities until the process is stopped."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    http.server.ThreadingHTTPServer((service.HOST, int(port)), handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
