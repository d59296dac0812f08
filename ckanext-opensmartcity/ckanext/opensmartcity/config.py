"""Configuration options as typed values, their validation at start, and the configured standard."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from pathlib import Path
from typing import Literal

import ckan.plugins.toolkit as tk
from ckan.exceptions import CkanConfigurationException

from .http_client.address_policy import AllowedHosts, parse_allowed_hosts
from .http_client.client import validate_url
from .http_client.errors import FetchError
from .standard import Indicators, Settings, SourceError, Standard, load_indicators, load_standard, shipped_folder
from .standard.countries import EUROPEAN_UNION, country_codes

FEATURES = "ckanext.opensmartcity.features"
ENFORCEMENT = "ckanext.opensmartcity.enforcement"
HOME = "ckanext.opensmartcity.home_jurisdiction"
CITY = "ckanext.opensmartcity.standard"
REVIEW_MONTHS = "ckanext.opensmartcity.review_months"
FACETS = "ckanext.opensmartcity.facets"
PRIVATE_HISTORY = "ckanext.opensmartcity.private_history"
SIGNING_KEY = "ckanext.opensmartcity.signing_key"
CHECKPOINT_MINUTES = "ckanext.opensmartcity.checkpoint_minutes"
QUESTIONS = "ckanext.opensmartcity.questions"
MODERATION = "ckanext.opensmartcity.moderation"
ANSWER_DAYS = "ckanext.opensmartcity.answer_days"
QUESTION_MAIL_MINUTES = "ckanext.opensmartcity.question_mail_minutes"
LIMIT_ADDRESS = "ckanext.opensmartcity.limit_address"
LIMIT_RECORD = "ckanext.opensmartcity.limit_record"
LIMIT_PORTAL = "ckanext.opensmartcity.limit_portal"
TRUSTED_PROXIES = "ckanext.opensmartcity.trusted_proxies"
PEERS = "ckanext.opensmartcity.peers"
FETCH_INSIDE = "ckanext.opensmartcity.fetch_inside"
LINK_DAYS = "ckanext.opensmartcity.link_days"
LINK_SECONDS = "ckanext.opensmartcity.link_seconds"
LINK_HOST_LIMIT = "ckanext.opensmartcity.link_host_limit"

Enforcement = Literal["advise", "publish"]
PrivateHistory = Literal["hidden", "shown"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# All features, in the order in which their routes, commands and actions are registered.
FEATURE_NAMES = (
    "audit",
    "city",
    "comparison",
    "dcat",
    "ledger",
    "links",
    "ngsi_ld",
    "openapi",
    "participation",
    "register",
    "transfer",
)


def features(contributed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of the features that are switched on: all of them where the option is empty.

    `contributed` are those of other extensions. `none` switches all off. CkanConfigurationException names a word that
    is not a feature.
    """
    # Read before CKAN has normalized its options: then a list is still one text.
    value = tk.config.get(FEATURES, None) or ()
    named = tuple(value.replace(",", " ").split() if isinstance(value, str) else value)
    known = (*FEATURE_NAMES, *contributed)
    for name in named:
        if name not in (*known, "none"):
            raise CkanConfigurationException(
                f"{FEATURES} names '{name}', which is not a feature. Known: {', '.join(known)}"
            )
    return tuple(name for name in known if not named or name in named)


def enforcement() -> Enforcement:
    """Return the enforcement mode: `advise`, or `publish`, which rejects datasets with missing answers."""
    return "publish" if tk.config[ENFORCEMENT] == "publish" else "advise"


def private_history() -> PrivateHistory:
    """Return the visibility of events from before a dataset was public: `hidden` or `shown`."""
    return "shown" if tk.config[PRIVATE_HISTORY] == "shown" else "hidden"


def signing_key() -> Path | None:
    """Return the file of the private key that signs checkpoints, None if it is not configured."""
    return Path(tk.config[SIGNING_KEY]) if tk.config[SIGNING_KEY] else None


def checkpoint_minutes() -> int:
    """Return the maximum number of minutes until a change is in a checkpoint, 0 if no job is enqueued for that."""
    return int(tk.config[CHECKPOINT_MINUTES])


def questions() -> str:
    """Return who may submit questions and stories: `open` (everybody), `members` (logged-in users) or `off`."""
    return str(tk.config[QUESTIONS])


def moderated_before() -> bool:
    """Return whether questions are moderated before they are shown."""
    return bool(tk.config[MODERATION] == "before")


def answer_days() -> int:
    """Return the number of days after which an unanswered question is overdue."""
    return int(tk.config[ANSWER_DAYS])


def question_mail_minutes() -> int:
    """Return the number of minutes during which questions are collected into one mail to the stewards."""
    return int(tk.config[QUESTION_MAIL_MINUTES])


def hourly_limits() -> tuple[int, int, int]:
    """Return the hourly rate limits of questions and stories: per client address, per record, for the portal."""
    return int(tk.config[LIMIT_ADDRESS]), int(tk.config[LIMIT_RECORD]), int(tk.config[LIMIT_PORTAL])


def trusted_proxies() -> tuple[Network, ...]:
    """Return the networks of the reverse proxies whose `X-Forwarded-For` is trusted."""
    return tuple(ipaddress.ip_network(text) for text in tk.config[TRUSTED_PROXIES])


def peers() -> list[str]:
    """Return the URLs of the portals of other cities, in display order."""
    return list(dict.fromkeys(url.rstrip("/") for url in tk.config[PEERS] or ()))


def allowed_hosts() -> AllowedHosts:
    """Return what may be asked although it is inside."""
    return parse_allowed_hosts(tk.config[FETCH_INSIDE] or ())


def link_days() -> int:
    """Return the number of days after which a link is checked again."""
    return int(tk.config[LINK_DAYS])


def link_seconds() -> int:
    """Return the minimum number of seconds between two requests to the same host."""
    return int(tk.config[LINK_SECONDS])


def link_host_limit() -> int:
    """Return the maximum number of links of one host that are checked in one run."""
    return int(tk.config[LINK_HOST_LIMIT])


def settings() -> Settings:
    """Return the settings for assessing records today."""
    return Settings(home=tk.config[HOME] or None, review_months=tk.config[REVIEW_MONTHS])


def facets() -> list[str]:
    """Return the names of the facets to show beside lists of datasets."""
    return list(tk.config[FACETS])


def city_folder() -> Path | None:
    """Return the folder of the overlay of the city, None if it is not configured."""
    # The explicit default avoids a warning of CKAN about an undeclared option while options are being declared.
    folder = tk.config.get(CITY, None)
    return Path(folder) if folder else None


def standard() -> Standard:
    """Return the standard of this portal: the shipped one with the overlay of the city."""
    return _load_standard(city_folder())


@lru_cache(maxsize=4)
def _load_standard(city: Path | None) -> Standard:
    try:
        return load_standard(shipped_folder(), city)
    except SourceError as error:  # CKAN prints this exception as one line at start
        raise CkanConfigurationException(f"{CITY}: {error}") from error


def indicators(sources: frozenset[str]) -> Indicators:
    """Return the indicators of `figures.yaml` with the overlay of the city; `sources` are those they may name."""
    return _load_indicators(city_folder(), sources)


@lru_cache(maxsize=4)
def _load_indicators(city: Path | None, sources: frozenset[str]) -> Indicators:
    try:
        return load_indicators(_load_standard(city), shipped_folder(), city, sources)
    except SourceError as error:
        raise CkanConfigurationException(f"{CITY}: {error}") from error


def check() -> None:
    """Validate all options. Raise CkanConfigurationException, which stops the start, if one is invalid."""
    city = city_folder()
    if city and not city.is_dir():
        raise CkanConfigurationException(f"{CITY} must name a folder, but {city} is not a folder")
    if tk.config[ENFORCEMENT] not in ("advise", "publish"):
        raise CkanConfigurationException(f"{ENFORCEMENT} must be advise or publish, not {tk.config[ENFORCEMENT]!r}")
    if tk.config[PRIVATE_HISTORY] not in ("hidden", "shown"):
        raise CkanConfigurationException(
            f"{PRIVATE_HISTORY} must be hidden or shown, not {tk.config[PRIVATE_HISTORY]!r}"
        )
    home = tk.config[HOME]
    if home and home != EUROPEAN_UNION and home not in country_codes():
        raise CkanConfigurationException(f"{HOME} must be an ISO 3166-1 alpha-2 code or EU, not {home!r}")
    if tk.config[REVIEW_MONTHS] < 1:
        raise CkanConfigurationException(f"{REVIEW_MONTHS} must be 1 or more")
    if tk.config[CHECKPOINT_MINUTES] < 0:
        raise CkanConfigurationException(f"{CHECKPOINT_MINUTES} must be 0 or more")
    _check_participation()
    _check_http_client()


def _check_participation() -> None:
    for name, choices in ((QUESTIONS, ("open", "members", "off")), (MODERATION, ("before", "after"))):
        if tk.config[name] not in choices:
            raise CkanConfigurationException(f"{name} must be one of {', '.join(choices)}, not {tk.config[name]!r}")
    minimums = {ANSWER_DAYS: 1, QUESTION_MAIL_MINUTES: 0, LIMIT_ADDRESS: 1, LIMIT_RECORD: 1, LIMIT_PORTAL: 1}
    for name, number in minimums.items():
        if tk.config[name] < number:
            raise CkanConfigurationException(f"{name} must be {number} or more")
    try:
        trusted_proxies()
    except ValueError as error:
        raise CkanConfigurationException(f"{TRUSTED_PROXIES}: {error}") from error


def _check_http_client() -> None:
    for name, minimum in ((LINK_DAYS, 1), (LINK_SECONDS, 0), (LINK_HOST_LIMIT, 1)):
        if tk.config[name] < minimum:
            raise CkanConfigurationException(f"{name} must be {minimum} or more")
    try:
        allowed_hosts()
    except ValueError as error:
        raise CkanConfigurationException(f"{FETCH_INSIDE}: {error}") from error
    for url in peers():
        try:
            validate_url(url)
        except FetchError as error:
            raise CkanConfigurationException(f"{PEERS}: {url!r} is not a web address without a password") from error
