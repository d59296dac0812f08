"""`python -m ckanext.opensmartcity.openapi`: print the OpenAPI document for the shipped standard."""

from __future__ import annotations

import json
import sys

from ..feature import get_actions
from ..standard import load_standard, shipped_folder
from . import describe


def printed() -> str:
    """Return the document as docs/openapi.json holds it."""
    ours = {name: action for name, action in get_actions().items() if name.startswith("governance_")}
    return json.dumps(describe(ours, load_standard(shipped_folder()), "/api/3/action"), indent=1, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(printed() + "\n")
