"""`python -m ckanext.opensmartcity.openapi`: print the OpenAPI document for the shipped standard."""

from __future__ import annotations

import json
import sys

from ..registry import declared_formats, get_actions
from ..standard import load_standard, shipped_folder
from . import describe


def printed() -> str:
    """Return the document as docs/openapi.json holds it."""
    document = describe(get_actions(), declared_formats(), load_standard(shipped_folder()), "")
    return json.dumps(document, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(printed() + "\n")
