"""Licences: the ids of CKAN's register for the addresses and names under which other catalogues state them."""

from __future__ import annotations

import re

from .facts import OPEN_LICENCES

# Canonical address of each licence that has only one version in the register.
_ADDRESSES = {
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-zero": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "dl-de-by-2.0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de-zero-2.0": "https://www.govdata.de/dl-de/zero-2-0",
    "etalab-2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    "odc-by": "https://opendatacommons.org/licenses/by/1-0/",
    "odc-odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "odc-pddl": "https://opendatacommons.org/licenses/pddl/1-0/",
    "uk-ogl": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}

# Ids for a statement of a licence, the most exact one first. Patterns match statements in lower case without scheme.
_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"creativecommons\.org/publicdomain/zero/.*|.*/licences?/cc0|.*/a1\d?_cc[0o]10|cc[ -]?0([ -]1\.0)?",
        ("cc-zero", "cc0-1.0"),
    ),
    (r"creativecommons\.org/publicdomain/mark/.*|usa\.gov/(publicdomain/label/1\.0|government-works)", ("other-pd",)),
    (
        r"creativecommons\.org/licenses/by/4\.0/.*|.*/licences?/cc_by_4_0|.*_ccby40|cc[ -]by[ -]4\.0",
        ("cc-by-4.0", "cc-by"),
    ),
    (r"creativecommons\.org/licenses/by/.*|.*/licences?/cc_by(_\d_\d)?|.*_ccby\d*|cc[ -]by([ -]\d\.\d)?", ("cc-by",)),
    (
        r"creativecommons\.org/licenses/by-sa/4\.0/.*|.*/licences?/cc_bysa_4_0|.*_ccbysa40|cc[ -]by[ -]sa[ -]4\.0",
        ("cc-by-sa-4.0", "cc-by-sa"),
    ),
    (
        r"creativecommons\.org/licenses/by-sa/.*|.*/licences?/cc_bysa(_\d_\d)?|.*_ccbysa\d*|cc.by.sa(.\d\.\d)?",
        ("cc-by-sa",),
    ),
    (
        r"creativecommons\.org/licenses/by-nc/.*|.*/licences?/cc_bync(_\d_\d)?|.*_ccbync\d*|cc.by.nc(.\d\.\d)?",
        ("cc-nc",),
    ),
    (r"opendatacommons\.org/licenses/pddl.*|.*/licences?/odc_pddl|odc-pddl(-1\.0)?", ("odc-pddl",)),
    (r"opendatacommons\.org/licenses/odbl.*|.*/licences?/odc_bl|odbl|odc-odbl|odbl-1\.0", ("odc-odbl",)),
    (r"opendatacommons\.org/licenses/by.*|.*/licences?/odc_by|odc-by(-1\.0)?", ("odc-by",)),
    (
        r"nationalarchives\.gov\.uk/doc/open-government-licence.*|.*/licences?/ogl_\d_\d|uk-ogl"
        r"|open government licence( v?\d(\.\d)?)?|ogl[ -]uk[ -]3\.0|ogl v?3(\.0)?",
        ("uk-ogl", "ogl-uk-3.0"),
    ),
    (r"govdata\.de/dl-de/by-2-0|dcat-ap\.de/def/licenses/dl-by-de/2\.0", ("dl-de-by-2.0",)),
    (r"govdata\.de/dl-de/zero-2-0|dcat-ap\.de/def/licenses/dl-zero-de/2\.0", ("dl-de-zero-2.0",)),
    (r"etalab\.gouv\.fr/.*licence-ouverte.*|.*/licences?/etalab_2_0", ("etalab-2.0", "fr-lo")),
)
_COMPILED = tuple((re.compile(pattern), ids) for pattern, ids in _PATTERNS)
_REGISTER = re.compile(r"opendefinition\.org/licenses/([a-z0-9.-]+)")


def licence_ids(statement: str) -> tuple[str, ...]:
    """Return the ids of CKAN's register for the address, the name or the id of a licence; none if it is not known."""
    text = re.sub(r"^https?://(?:www\.)?", "", " ".join(statement.split()).lower())
    text = re.sub(r"/(?:legalcode|deed)(?:\.[a-z_-]+)?$|\.html?$", "", text.rstrip("/#"))
    text = f"{text}/" if text.startswith("creativecommons.org/") else text.rstrip("/")
    if match := _REGISTER.fullmatch(text):
        return (match[1],)
    return next((ids for pattern, ids in _COMPILED if pattern.fullmatch(text)), ())


def is_open_licence(statement: str) -> bool:
    """Tell whether the address, the name or the id of a licence is that of an open one."""
    return statement.strip().lower() in OPEN_LICENCES or not OPEN_LICENCES.isdisjoint(licence_ids(statement))


def licence_address(id: str) -> str | None:
    """Return the address of a licence of CKAN's register, None if several versions have the id."""
    return _ADDRESSES.get(id.lower())
