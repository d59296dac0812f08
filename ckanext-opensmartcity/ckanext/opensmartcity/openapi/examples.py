"""Example requests of the actions for the demo city, which the tests send."""

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
    "governance_checkpoint_show": {"the newest": {}},
    "governance_stats": {
        "all that you may see": {},
        "personal data, by organisation": {"fq": "vocab_privacy_class:personal", "by": "organization"},
    },
    "governance_audit": {
        "each record with its level": {"limit": 2},
        "data about people without a purpose": {"missing": "privacy_purpose", "fq": "vocab_privacy_class:personal"},
    },
    "governance_city_show": {"in French": {"lang": "fr"}},
    "governance_question_list": {"what is asked of a dataset": {"id": "shared-bike-trips"}},
    "governance_story_list": {"what came of a system": {"id": "adaptive-traffic-lights"}},
    "governance_links_show": {"the links of a dataset": {"id": "shared-bike-trips"}},
    "governance_links_list": {"links that lead nowhere, in Dutch": {"state": "failed", "lang": "nl"}},
    "governance_compare_show": {"this city beside others": {}},
}
