"""Shared helpers of the embedded portal: console output, failures shown to the user, secrets of a data folder."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


class PortalError(Exception):
    """Failure that the user can fix: one line with the cause and the remedy."""


def echo(text: str) -> None:
    """Print a line and flush it, so that progress shows in a pipe too."""
    print(text, flush=True)


def secret(folder: Path, name: str) -> str:
    """Return a secret of a data folder; generate and store it on first use."""
    file = folder / "secrets.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(32)
        write_private(file, json.dumps(known, indent=1))
    return str(known[name])


def write_private(file: Path, content: Any) -> None:
    """Write a file atomically, readable only by its owner (mode 0600)."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    draft.replace(file)
