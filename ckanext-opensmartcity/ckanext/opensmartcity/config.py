"""The configuration of the product as typed values, and the standard that it names."""

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
from .standard import Figures, Settings, SourceError, Standard, load_figures, load_standard, shipped_folder
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


def features() -> tuple[str, ...]:
    """Return the names of the features that are switched on: all of them where the option is empty.

    `none` switches all off. CkanConfigurationException names a word that is not a feature.
    """
    # Read before CKAN has normalized its options: then a list is still one text.
    value = tk.config.get(FEATURES) or ()
    named = tuple(value.replace(",", " ").split() if isinstance(value, str) else value)
    for name in named:
        if name not in (*FEATURE_NAMES, "none"):
            known = ", ".join(FEATURE_NAMES)
            raise CkanConfigurationException(f"{FEATURES} names '{name}', which is not a feature. Known: {known}")
    return tuple(name for name in FEATURE_NAMES if not named or name in named)


def enforcement() -> Enforcement:
    """Return what missing answers do: `advise` or `publish`."""
    return "publish" if tk.config[ENFORCEMENT] == "publish" else "advise"


def private_history() -> PrivateHistory:
    """Return what becomes of the history from before a dataset was public: `hidden` or `shown`."""
    return "shown" if tk.config[PRIVATE_HISTORY] == "shown" else "hidden"


def signing_key() -> Path | None:
    """Return the file of the key that signs checkpoints, None where none is configured."""
    return Path(tk.config[SIGNING_KEY]) if tk.config[SIGNING_KEY] else None


def checkpoint_minutes() -> int:
    """Return how many minutes a change waits at most for its checkpoint, 0 where no job is to be made for it."""
    return int(tk.config[CHECKPOINT_MINUTES])


def questions() -> str:
    """Return who may ask and tell stories: `open` (everybody), `members` (who is logged in) or `off` (nobody)."""
    return str(tk.config[QUESTIONS])


def moderated_before() -> bool:
    """Tell whether a question is shown only after somebody of the city has read it."""
    return bool(tk.config[MODERATION] == "before")


def answer_days() -> int:
    """Return after how many days a question without an answer is overdue."""
    return int(tk.config[ANSWER_DAYS])


def question_mail_minutes() -> int:
    """Return for how many minutes questions are gathered into one mail to the stewards."""
    return int(tk.config[QUESTION_MAIL_MINUTES])


def hourly_limits() -> tuple[int, int, int]:
    """Return how many questions and stories an hour may come from one address, to one record, to the portal."""
    return int(tk.config[LIMIT_ADDRESS]), int(tk.config[LIMIT_RECORD]), int(tk.config[LIMIT_PORTAL])


def trusted_proxies() -> tuple[Network, ...]:
    """Return the networks whose word on the visitor's address is taken."""
    return tuple(ipaddress.ip_network(text) for text in tk.config[TRUSTED_PROXIES])


def peers() -> list[str]:
    """Return the addresses of the portals of other cities, in the order in which they are shown."""
    return list(dict.fromkeys(url.rstrip("/") for url in tk.config[PEERS] or ()))


def allowed_hosts() -> AllowedHosts:
    """Return what may be asked although it is inside."""
    return parse_allowed_hosts(tk.config[FETCH_INSIDE] or ())


def link_days() -> int:
    """Return after how many days a link is looked at again."""
    return int(tk.config[LINK_DAYS])


def link_seconds() -> int:
    """Return how many seconds lie between two requests to a host."""
    return int(tk.config[LINK_SECONDS])


def link_host_limit() -> int:
    """Return how many links of one host are looked at in one run."""
    return int(tk.config[LINK_HOST_LIMIT])


def settings() -> Settings:
    """Return the settings with which records are assessed today."""
    return Settings(home=tk.config[HOME] or None, review_months=tk.config[REVIEW_MONTHS])


def facets() -> list[str]:
    """Return the names of the facets to show beside lists of datasets."""
    return list(tk.config[FACETS])


def city_folder() -> Path | None:
    """Return the folder of the city's own files, None where none is configured."""
    # A default given keeps CKAN from warning that the option is not declared, while it is being declared.
    folder = tk.config.get(CITY, None)
    return Path(folder) if folder else None


def standard() -> Standard:
    """Return the standard of this portal: ours, with the city's own files laid over it."""
    return _load(city_folder())


@lru_cache(maxsize=4)
def _load(city: Path | None) -> Standard:
    try:
        return load_standard(shipped_folder(), city)
    except SourceError as error:  # CKAN tells this kind as one line when it starts
        raise CkanConfigurationException(f"{CITY}: {error}") from error


def figures() -> Figures:
    """Return the figures of the city page: ours, with the city's own laid over them."""
    return _load_figures(city_folder())


@lru_cache(maxsize=4)
def _load_figures(city: Path | None) -> Figures:
    try:
        return load_figures(_load(city), shipped_folder(), city)
    except SourceError as error:
        raise CkanConfigurationException(f"{CITY}: {error}") from error


def check() -> None:
    """Stop the portal's start with a clear message where an option has no meaning."""
    city = city_folder()
    if city and not city.is_dir():
        raise CkanConfigurationException(f"{CITY} must name a folder, and {city} is none")
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
    _check_voices()
    _check_fetching()


def _check_voices() -> None:
    for name, known in ((QUESTIONS, ("open", "members", "off")), (MODERATION, ("before", "after"))):
        if tk.config[name] not in known:
            raise CkanConfigurationException(f"{name} must be one of {', '.join(known)}, not {tk.config[name]!r}")
    least = {ANSWER_DAYS: 1, QUESTION_MAIL_MINUTES: 0, LIMIT_ADDRESS: 1, LIMIT_RECORD: 1, LIMIT_PORTAL: 1}
    for name, number in least.items():
        if tk.config[name] < number:
            raise CkanConfigurationException(f"{name} must be {number} or more")
    try:
        trusted_proxies()
    except ValueError as error:
        raise CkanConfigurationException(f"{TRUSTED_PROXIES}: {error}") from error


def _check_fetching() -> None:
    for name, least in ((LINK_DAYS, 1), (LINK_SECONDS, 0), (LINK_HOST_LIMIT, 1)):
        if tk.config[name] < least:
            raise CkanConfigurationException(f"{name} must be {least} or more")
    try:
        allowed_hosts()
    except ValueError as error:
        raise CkanConfigurationException(f"{FETCH_INSIDE}: {error}") from error
    for url in peers():
        try:
            validate_url(url)
        except FetchError as error:
            raise CkanConfigurationException(f"{PEERS}: {url!r} is no web address without a password") from error
