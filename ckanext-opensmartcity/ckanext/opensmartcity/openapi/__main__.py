"""`python -m ckanext.opensmartcity.openapi`: print the OpenAPI document for the shipped standard."""

from __future__ import annotations

import json
import sys

from ..feature import get_actions
from ..standard import load_standard, shipped_folder
from . import describe


def printed() -> str:
    """Return the document as docs/openapi.json holds it."""
    document = describe(get_actions(), load_standard(shipped_folder()), "/api/3/action")
    return json.dumps(document, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(printed() + "\n")
