"""Synthetic datasets with plausible answers of all kinds and states, deterministic for a seed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

TODAY = date.today()  # noqa: DTZ011  (levels depend on today: current answers must stay current)
DEPARTMENTS = tuple(
    "Mobility,Parks,Water,Energy,Housing,Libraries,Waste,Lighting,Events,Permits,Archives,Schools,Sports,Health,"
    "Culture,Harbour,Safety,Planning,Heritage,Taxes,Streets,Bridges,Trees,Noise,Air,Markets,Youth,Elderly,Tourism,"
    "Statistics,Cemeteries,Allotments,Museums,Tunnels,Parking,Ferries,Customer Desk,Buildings,Maps,Elections".split(",")
)
THEMES = ("mobility-theme", "environment-theme", "people-theme", "economy-theme", "learning-theme", "council-theme")
PLACES = ("North", "South", "East", "West", "Centre", "Harbour", "Old Town", "Hill", "River Bank", "Station")
THINGS = ("counts", "register", "locations", "measurements", "requests", "inspections", "budgets", "timetable", "map")
TAGS = ("sensor", "open", "yearly", "daily", "street", "citizens", "contract", "europe", "legacy", "realtime")
FORMATS = ("CSV", "GeoJSON", "JSON", "PDF", "XLSX", "WMS")
LICENCES = ("cc-by", "cc-zero", "notspecified", "odc-odbl", "other-closed")
WORDS = (
    "every week the team checks values against the source and mends what is wrong before it publishes them on the "
    "portal for residents and companies who plan their way through the city"
).split()


@dataclass(frozen=True)
class Invention:
    """A dataset as a steward would save it: CKAN's own fields, governed answers, organisation, groups, tags, files."""

    number: int
    own: Mapping[str, Any]
    answers: Mapping[str, Any]
    department: str
    themes: Sequence[str]
    tags: Sequence[str]
    files: Sequence[Mapping[str, str]]


def invent(number: int, seed: int = 7) -> Invention:
    """Generate the dataset with a number, independent of all others."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311  (no secret)
    department = chance.choice(DEPARTMENTS)
    title = f"{chance.choice(PLACES)} {department.lower()} {chance.choice(THINGS)} {number}"
    own = {
        "name": f"scale-{seed}-{number}",
        "title": title,
        "notes": f"{title}: {_sentence(chance, 30)}",
        "license_id": chance.choice(LICENCES),
        "private": chance.random() < 0.08,
        "url": f"https://city.example/{department.lower().replace(' ', '-')}/{number}" if chance.random() < 0.5 else "",
    }
    return Invention(
        number=number,
        own=own,
        answers=answers(chance, department),
        department=department,
        themes=sorted(chance.sample(THEMES, chance.choice((0, 1, 1, 2)))),
        tags=sorted(chance.sample(TAGS, chance.choice((0, 2, 3, 5)))),
        files=[_file(chance, number, index) for index in range(chance.choice((0, 1, 1, 2, 4)))],
    )


def identifier(seed: int, *parts: object) -> str:
    """Return a deterministic UUID for the parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, ("benchmark", seed, *parts)))))


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)) + "."


def _file(chance: random.Random, number: int, index: int) -> dict[str, str]:
    kind = chance.choice(FORMATS)
    return {
        "name": f"File {index}",
        "format": kind,
        "url": f"https://files.city.example/{number}/{index}.{kind.lower()}",
    }


def answers(chance: random.Random, department: str) -> dict[str, Any]:
    """Generate governed answers: a tenth of the datasets have none, others a part, and some all."""
    diligence = chance.choices((0.0, 0.5, 0.95, 1.0), (10, 15, 35, 40))[0]
    parts = (_ownership, _reviews, _sovereignty, _privacy, _algorithms, _retention, _fitness)
    complete = {name: value for part in parts for name, value in part(chance, department).items()}
    return {name: value for name, value in complete.items() if chance.random() < diligence}


def _ownership(chance: random.Random, department: str) -> dict[str, Any]:
    desk = department.lower().replace(" ", ".")
    return {
        "ownership_owner": f"{department} Department",
        "ownership_steward_role": f"Data steward for {department.lower()}",
        "ownership_contact": f"{desk}@city.example",
        "ownership_origin": chance.choice(("city", "sensors", "supplier", "residents", "mixed", "unknown")),
        **_sometimes(chance, 0.3, ownership_mandate="https://law.city.example/act"),
        **_sometimes(chance, 0.2, ownership_suppliers=["Data Works Ltd", "Sensor Company"]),
    }


def _reviews(chance: random.Random, _: str) -> dict[str, Any]:
    reviewed = TODAY - timedelta(days=chance.randrange(20, 500))
    due = reviewed + timedelta(days=chance.choice((365, 500, 700)))
    return {"governance_reviewed_on": reviewed.isoformat(), "governance_review_due": due.isoformat()}


def _sovereignty(chance: random.Random, _: str) -> dict[str, Any]:
    kind = chance.choices(("own_premises", "commercial_cloud", "supplier_system", "unknown"), (50, 30, 15, 5))[0]
    bought = {
        "sovereignty_provider": chance.choice(("Cloud Ltd", "Hosting BV", "Big Cloud Inc")),
        "sovereignty_provider_country": chance.choice(("NL", "DE", "US")),
        "sovereignty_exit": "All data as CSV within 30 days.",
    }
    return {
        "sovereignty_storage_kind": kind,
        "sovereignty_storage_countries": chance.choice((["NL"], ["NL"], ["DE", "NL"], ["US"], ["IE"])),
        "sovereignty_jurisdictions": chance.choice((["EU", "NL"], ["EU", "NL"], ["EU", "US"])),
        "sovereignty_foreign_access": chance.choice(("no", "no", "possible", "unknown")),
        **(bought if kind in ("commercial_cloud", "supplier_system") else {}),
    }


def _privacy(chance: random.Random, _: str) -> dict[str, Any]:
    kind = chance.choices(("non_personal", "aggregated", "anonymised", "personal", "unknown"), (55, 15, 8, 15, 7))[0]
    if kind != "personal":
        openness = chance.choices(("open", "shared", "closed"), (80, 10, 10))[0]
        return {
            "privacy_class": kind,
            "privacy_openness": openness if kind == "non_personal" else "shared",
            **({} if kind == "non_personal" and openness == "open" else {"privacy_access_conditions": "Ask the desk."}),
            **({"privacy_deidentification": "Grouped by street."} if kind in ("aggregated", "anonymised") else {}),
        }
    return {
        "privacy_class": "personal",
        "privacy_openness": "closed",
        "privacy_access_conditions": "Only for the team that handles the requests.",
        "privacy_personal_data": chance.sample(("name", "email_address", "physical_address", "location", "age"), 2),
        "privacy_data_subjects": chance.choice((["residents"], ["road_users", "visitors"], ["employees"])),
        "privacy_purpose": "To handle requests and to plan the work.",
        "privacy_legal_basis": chance.choice((["A6-1-e"], ["A6-1-c"], ["A6-1-a"])),
        "privacy_legal_reference": "https://law.city.example/act#12",
        "privacy_impact_assessment": chance.choice(("done", "planned", "not_done", "unknown")),
        "privacy_decision_rights": "A clerk decides; nobody is judged by a program alone.",
        "privacy_objection": "privacy@city.example",
    }


def _algorithms(chance: random.Random, _: str) -> dict[str, Any]:
    use = chance.choices(("none_known", "planned", "unknown"), (80, 10, 10))[0]
    return {"algorithm_use": use}


def _retention(chance: random.Random, _: str) -> dict[str, Any]:
    kind = chance.choice(("indefinite", "fixed_period", "until_event", "until_date", "undetermined", "unknown"))
    day = TODAY + timedelta(days=chance.randrange(-400, 3000))
    more: Mapping[str, dict[str, Any]] = {
        "fixed_period": {
            "retention_period": chance.choice(("P1Y", "P5Y", "P10Y")),
            "retention_starts_on": "2024-01-01",
        },
        "until_event": {"retention_event": "When the contract ends."},
        "until_date": {"retention_until": day.isoformat()},
    }
    kept = {
        "retention_disposition": chance.choice(("delete", "archive", "review")),
        "retention_basis": "Selection list",
    }
    return {"retention_type": kind, **more.get(kind, {}), **(kept if kind in more else {})}


def _fitness(chance: random.Random, _: str) -> dict[str, Any]:
    return {
        "fitness_purpose": f"To plan the work: {_sentence(chance, 12)}",
        "fitness_limits": f"Not for single addresses: {_sentence(chance, 14)}",
        **_sometimes(chance, 0.2, fitness_standards=["CSV on the Web"]),
        **_sometimes(chance, 0.2, fitness_alternatives="A paper map at the desk."),
    }


def _sometimes(chance: random.Random, share: float, **values: Any) -> dict[str, Any]:
    return values if chance.random() < share else {}
