"""Badges as pictures, and how many datasets have the best one."""

from __future__ import annotations

from xml.sax.saxutils import escape

import ckan.plugins.toolkit as tk
from ckanext.opensmartcity.contributions import Number

from .actions import Badge

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="24" role="img"><title>{name}</title>'
    '<rect width="160" height="24" fill="{colour}"/>'
    '<text x="80" y="16" fill="#ffffff" font-size="12" text-anchor="middle">Answers: {level}</text></svg>\n'
)


def draw(badge: Badge) -> str:
    """Return a badge as SVG."""
    return _SVG.format(name=escape(badge["name"]), colour=badge["colour"], level=escape(badge["level"]))


def best_badges() -> dict[str, Number]:
    """Return the number of public datasets whose answers are current, with the list of them."""
    everybody = {"user": "", "ignore_auth": False}
    query = {"fq": "+dataset_type:dataset +vocab_governance_level:current", "rows": 0}
    count = tk.get_action("package_search")(everybody, query)["count"]
    url = tk.url_for("dataset.search", qualified=True, vocab_governance_level="current")
    return {"best_badges": Number(count, ("dataset", "datasets"), url)}
