"""One record as Turtle or JSON-LD: DCAT-AP by ckanext-dcat's profile, the answers by ours."""

from __future__ import annotations

from functools import cache
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.dcat.processors import DEFAULT_RDF_PROFILES, RDF_PROFILES_CONFIG_OPTION, RDFSerializer

from .. import config

OURS = "opensmartcity"


def show(context: Context, id: str) -> dict[str, Any]:
    """Return the record to serialise, if the user may see its governance."""
    record: dict[str, Any] = tk.get_action("package_show")(context, {"id": id})
    tk.check_access("governance_show", context, {"id": record["id"]})
    return record


def told(record: dict[str, Any]) -> Any:
    """Return all on which the RDF of a record depends: the record, the day of its assessment, and the profiles."""
    return [record, config.settings().day.isoformat(), config.settings().home, profiles()]


def serialise(record: dict[str, Any], form: str) -> str:
    """Return a record in the form `ttl` or `jsonld`."""
    return str(_Serializer(profiles=list(profiles())).serialize_dataset(record, _format=form))


def profiles() -> tuple[str, ...]:
    """Return the profiles that the portal is configured with, and ours."""
    # Without ckanext-dcat's plugin the option is not declared, and a default given keeps CKAN from warning.
    configured = str(tk.config.get(RDF_PROFILES_CONFIG_OPTION, None) or " ".join(DEFAULT_RDF_PROFILES)).split()
    return (*configured, *([] if OURS in configured else [OURS]))


class _Serializer(RDFSerializer):
    """ckanext-dcat's own looks for its profiles among all installed packages, for each record anew; this one once."""

    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return list(_loaded(tuple(profile_names)))


@cache
def _loaded(names: tuple[str, ...]) -> tuple[type, ...]:
    return tuple(RDFSerializer(profiles=list(names))._profiles)
