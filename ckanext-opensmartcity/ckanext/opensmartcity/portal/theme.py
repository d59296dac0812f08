"""Theme of the demo city: its front page, about page, logo and colours. A plugin of the embedded portal alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import yaml
from ckan.common import CKANConfig

CITY = Path(__file__).parent / "city"


class DemoCityTheme(p.SingletonPlugin):
    """Adds templates, pictures and a style sheet; its texts come from `city/site`, one file a language."""

    p.implements(p.IConfigurer)
    p.implements(p.ITemplateHelpers)

    def update_config(self, config: CKANConfig) -> None:
        """Register the folders of the theme."""
        tk.add_template_directory(config, "city/templates")
        tk.add_public_directory(config, "city/public")
        tk.add_resource("city/assets", "opensmartcity-demo")

    def get_helpers(self) -> dict[str, Any]:
        """Return the template helpers."""
        return {"demo_city_texts": demo_city_texts, "demo_city_counts": demo_city_counts}


def demo_city_texts() -> dict[str, Any]:
    """Return the texts of the reader's language, English for a language that has none."""
    language = str(tk.h.lang())
    return _texts(language if language in languages() else "en")


def languages() -> list[str]:
    """Return the languages that have texts."""
    return sorted(file.stem for file in (CITY / "site").glob("*.yaml"))


@cache
def _texts(language: str) -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load((CITY / "site" / f"{language}.yaml").read_text(encoding="utf-8"))
    return texts


def demo_city_counts() -> dict[str, Any]:
    """Return what the front page counts: records that the reader sees, and the datasets of themes and publishers."""
    search = tk.get_action("package_search")
    faceted = {"facet.field": ["groups", "organization"], "facet.limit": -1, "rows": 0}
    datasets = search({}, {"fq": "+dataset_type:dataset", **faceted})
    themes, publishers = (
        sorted(datasets["search_facets"][name]["items"], key=lambda item: str(item["display_name"]))
        for name in ("groups", "organization")
    )
    return {
        "datasets": datasets["count"],
        "algorithms": search({}, {"fq": "+dataset_type:algorithm", "rows": 0})["count"],
        "organizations": len(publishers),
        "themes": themes,
        "publishers": publishers,
    }
