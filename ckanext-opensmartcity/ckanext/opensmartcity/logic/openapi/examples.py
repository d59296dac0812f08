"""Requests to try on the demo city; the tests send each and hold the answer to the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXAMPLES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "governance_standard_show": {"in Dutch": {"lang": "nl"}},
    "governance_show": {
        "a dataset": {"id": "shared-bike-trips"},
        "a system, in German": {"id": "adaptive-traffic-lights", "lang": "de"},
    },
    "governance_check": {
        "a record of your own": {"title": "Trees", "privacy_class": "non_personal", "ownership_owner": "Parks"},
        "one with an answer that is not on the list": {"title": "Trees", "privacy_class": "secret"},
    },
    "governance_history": {"the newest change": {"id": "shared-bike-trips", "limit": 1}},
    "governance_changes": {"since a day": {"since": "2026-01-01", "limit": 5}},
    "governance_checkpoint_list": {"the newest": {"limit": 1}},
    "governance_stats": {
        "all that you may see": {},
        "personal data, by organisation": {"fq": "vocab_privacy_class:personal", "by": "organization"},
    },
    "governance_city_show": {"in French": {"lang": "fr"}},
}
