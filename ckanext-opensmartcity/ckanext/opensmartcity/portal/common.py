"""What the portal says while it works."""
# MERGED The one kind of failure that the portal tells a person about.
# MERGED The passwords and keys of one data folder: made once, kept, readable by nobody else.

import json
import os
import secrets
from pathlib import Path
from typing import Any


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


class PortalError(Exception):
    """What is wrong and what to do about it, in one line."""


def secret(folder: Path, name: str) -> str:
    """Return the secret of that name, making it the first time."""
    file = folder / "secrets.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(32)
        write_private(file, json.dumps(known, indent=1))
    return str(known[name])


def write_private(file: Path, content: Any) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    draft.replace(file)
