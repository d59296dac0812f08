"""Configuration options as typed values, the validators of their declaration, and the configured standard."""

from __future__ import annotations

import ipaddress
import json
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan.common import config_declaration
from ckan.exceptions import CkanConfigurationException
from ckan.types import Validator

from .http_client.address_policy import AllowedHosts, parse_allowed_hosts
from .http_client.client import validate_url
from .http_client.errors import FetchError
from .standard import Indicators, Settings, SourceError, Standard, load_indicators, load_standard, shipped_folder
from .standard.countries import EUROPEAN_UNION, country_codes
from .standard.model import DATASET
from .standard.overlay import read_sources
from .standard.yaml_source import nearest

log = logging.getLogger(__name__)

PREFIX = "ckanext.opensmartcity."
FEATURES = "ckanext.opensmartcity.features"
DATASET_TYPES = "ckanext.opensmartcity.dataset_types"
FORM_PAGES = "ckanext.opensmartcity.form_pages"
ENFORCEMENT = "ckanext.opensmartcity.enforcement"
HOME = "ckanext.opensmartcity.home_jurisdiction"
CITY = "ckanext.opensmartcity.standard"
REVIEW_MONTHS = "ckanext.opensmartcity.review_months"
FACETS = "ckanext.opensmartcity.facets"
NAVIGATION = "ckanext.opensmartcity.navigation"
TABS = "ckanext.opensmartcity.tabs"
LIST_BADGES = "ckanext.opensmartcity.list_badges"
PRIVATE_HISTORY = "ckanext.opensmartcity.private_history"
SIGNING_KEY = "ckanext.opensmartcity.signing_key"
CHECKPOINT_MINUTES = "ckanext.opensmartcity.checkpoint_minutes"
QUESTIONS = "ckanext.opensmartcity.questions"
MODERATION = "ckanext.opensmartcity.moderation"
ANSWER_DAYS = "ckanext.opensmartcity.answer_days"
ADDRESS_DAYS = "ckanext.opensmartcity.address_days"
QUESTION_DAYS = "ckanext.opensmartcity.question_days"
STORY_DAYS = "ckanext.opensmartcity.story_days"
QUESTION_MAIL_MINUTES = "ckanext.opensmartcity.question_mail_minutes"
LIMIT_ADDRESS = "ckanext.opensmartcity.limit_address"
LIMIT_RECORD = "ckanext.opensmartcity.limit_record"
LIMIT_PORTAL = "ckanext.opensmartcity.limit_portal"
LIMIT_CHECK = "ckanext.opensmartcity.limit_check"
MAX_BODY = "ckanext.opensmartcity.max_body_kilobytes"
CONTENT_SECURITY_POLICY = "ckanext.opensmartcity.content_security_policy"
TRUSTED_PROXIES = "ckanext.opensmartcity.trusted_proxies"
SILENCED_CHECKS = "ckanext.opensmartcity.silenced_checks"
MONITORING_TOKEN = "ckanext.opensmartcity.monitoring_token"  # noqa: S105  (a name)
PEERS = "ckanext.opensmartcity.peers"
FETCH_INSIDE = "ckanext.opensmartcity.fetch_inside"
LINK_DAYS = "ckanext.opensmartcity.link_days"
LINK_SECONDS = "ckanext.opensmartcity.link_seconds"
LINK_HOST_LIMIT = "ckanext.opensmartcity.link_host_limit"

Enforcement = Literal["advise", "publish"]
PrivateHistory = Literal["hidden", "shown"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_TYPE_NAME = re.compile(r"[A-Za-z0-9_][\w-]*", re.ASCII)
# Characters of a Bearer token (RFC 6750).
_SECRET = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")

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

# Options that name what we show on pages of CKAN: the links of these places, and the badges in lists of datasets.
LINK_OPTIONS = {
    "site": NAVIGATION,
    "dataset.tabs": TABS,
    "dataset.edit.tabs": TABS,
    "organization.tabs": TABS,
    "dashboard.tabs": TABS,
}
BADGES = ("level", "facts")


def features(contributed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of the features that are switched on: all of them where the option is empty.

    `contributed` are those of other extensions. `none` switches all off. CkanConfigurationException names a word that
    is not a feature.
    """
    known = (*FEATURE_NAMES, *contributed)
    require_known(FEATURES, known, "a feature")
    return tuple(name for name in known if is_shown(FEATURES, name))


def _words(option: str) -> tuple[str, ...]:
    # Options may be read before CKAN has normalized them: then a list is still one text.
    value = tk.config.get(option, None) or ()
    return tuple(value.replace(",", " ").split() if isinstance(value, str) else value)


def require_known(option: str, known: Iterable[str], kind: str) -> None:
    """Raise CkanConfigurationException for a word of an option that is neither known nor `none`."""
    known = tuple(known)
    for word in _words(option):
        if word not in (*known, "none"):
            raise CkanConfigurationException(f"{option} names '{word}', which is not {kind}. Known: {', '.join(known)}")


def is_shown(option: str, name: str) -> bool:
    """Tell whether an option that names what is shown names this; an empty option shows all, `none` nothing."""
    words = _words(option)
    return not words or name in words


def dataset_types() -> tuple[str, ...]:
    """Return the dataset types that the standard governs as datasets; algorithms have a type of their own."""
    return tuple(dict.fromkeys(_words(DATASET_TYPES))) or (DATASET,)


def form_pages() -> list[str]:
    """Return the ids of the groups of questions that come first in the form, in this order."""
    return list(tk.config[FORM_PAGES] or ())


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


def expiry_days() -> tuple[int, int, int]:
    """Return the days after which addresses, questions and stories are deleted; 0: questions or stories are kept."""
    return int(tk.config[ADDRESS_DAYS]), int(tk.config[QUESTION_DAYS]), int(tk.config[STORY_DAYS])


def question_mail_minutes() -> int:
    """Return the number of minutes during which questions are collected into one mail to the stewards."""
    return int(tk.config[QUESTION_MAIL_MINUTES])


def hourly_limits() -> tuple[int, int, int]:
    """Return the hourly rate limits of questions and stories: per client address, per record, for the portal."""
    return int(tk.config[LIMIT_ADDRESS]), int(tk.config[LIMIT_RECORD]), int(tk.config[LIMIT_PORTAL])


def check_limit() -> int:
    """Return the hourly rate limit of `governance_check` per client address without an account."""
    return int(tk.config[LIMIT_CHECK])


def max_body() -> int:
    """Return the maximum number of bytes in the body of a request to our actions."""
    return int(tk.config[MAX_BODY]) * 1024


def content_security_policy() -> str:
    """Return the Content-Security-Policy of our pages, empty if the web server or another plugin sets it."""
    return str(tk.config[CONTENT_SECURITY_POLICY] or "")


def trusted_proxies() -> tuple[Network, ...]:
    """Return the networks of the reverse proxies whose `X-Forwarded-For` is trusted."""
    return tuple(ipaddress.ip_network(text) for text in tk.config[TRUSTED_PROXIES])


def silenced_checks() -> frozenset[str]:
    """Return the ids of the doctor checks that are not run."""
    return frozenset(tk.config[SILENCED_CHECKS] or ())


def monitoring_token() -> str:
    """Return the secret with which a monitoring system reads the details of the health report; empty for none."""
    return str(tk.config[MONITORING_TOKEN] or "")


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
    return _load_standard(city_folder(), dataset_types())


@lru_cache(maxsize=4)
def _load_standard(city: Path | None, types: tuple[str, ...]) -> Standard:
    try:
        loaded = load_standard(shipped_folder(), city)
    except SourceError as error:  # CKAN prints this exception as one line at start
        raise CkanConfigurationException(f"{CITY}: {error}") from error
    _log_warnings(loaded.warnings)
    return replace(loaded, dataset_types=types)


def record_schema(kind: str) -> dict[str, Any]:
    """Return a new copy of the scheming schema of a record type, with the overlay of the city."""
    return json.loads(_record_schemas(city_folder())[kind])  # type: ignore[no-any-return]


@lru_cache(maxsize=4)
def _record_schemas(city: Path | None) -> dict[str, str]:
    return {schema.text("dataset_type"): json.dumps(schema) for schema in read_sources(shipped_folder(), city).schemas}


def indicators(sources: frozenset[str]) -> Indicators:
    """Return the indicators of `figures.yaml` with the overlay of the city; `sources` are those they may name."""
    return _load_indicators(city_folder(), sources)


@lru_cache(maxsize=4)
def _load_indicators(city: Path | None, sources: frozenset[str]) -> Indicators:
    try:
        loaded = load_indicators(standard(), shipped_folder(), city, sources)
    except SourceError as error:
        raise CkanConfigurationException(f"{CITY}: {error}") from error
    _log_warnings(loaded.warnings)
    return loaded


def _log_warnings(warnings: Iterable[SourceError]) -> None:
    for warning in warnings:
        log.warning("%s: %s", CITY, warning)


def at_least(minimum: int) -> Validator:
    """Return a validator of options that are numbers."""

    def validate(value: Any) -> Any:
        if isinstance(value, int) and value < minimum:
            raise tk.Invalid(f"must be {minimum} or more, not {value}")
        return value

    return validate


def country(value: Any) -> Any:
    """Validate a home jurisdiction: an ISO 3166-1 alpha-2 code or EU."""
    if value != EUROPEAN_UNION and value not in country_codes():
        raise tk.Invalid(f"must be an ISO 3166-1 alpha-2 code or EU, not {value!r}")
    return value


def folder(value: Any) -> Any:
    """Validate the path of a folder."""
    if not Path(value).is_dir():
        raise tk.Invalid(f"must name a folder, but {value} is not a folder")
    return value


def type_names(value: Any) -> Any:
    """Validate a list of dataset types."""
    for name in value:
        if not _TYPE_NAME.fullmatch(name):
            raise tk.Invalid(f"must name dataset types, which consist of letters, digits, - and _, not {name!r}")
    return value


def networks(value: Any) -> Any:
    """Validate a list of IP addresses and networks."""
    for text in value:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            raise tk.Invalid(str(error)) from error
    return value


def long_secret(value: Any) -> Any:
    """Validate a secret: too long to be guessed, and of characters that a header can have."""
    if value and not _SECRET.fullmatch(str(value)):
        raise tk.Invalid("must have 16 characters or more, of letters, digits and - . _ ~ + / =")
    return value


def hosts(value: Any) -> Any:
    """Validate a list of networks and hosts that may be requested although they are inside."""
    try:
        parse_allowed_hosts(value)
    except ValueError as error:
        raise tk.Invalid(str(error)) from error
    return value


def web_addresses(value: Any) -> Any:
    """Validate a list of http(s) URLs."""
    for url in value:
        try:
            validate_url(url)
        except FetchError as error:
            raise tk.Invalid(f"{url!r} is not a web address without a password") from error
    return value


def get_validators() -> dict[str, Callable[..., Any]]:
    """Return the validators that `config_declaration.yaml` names."""
    validators = (at_least, country, folder, hosts, long_secret, networks, type_names, web_addresses)
    return {f"opensmartcity_option_{each.__name__}": each for each in validators}


def check() -> None:
    """Validate our options by their declarations. Raise CkanConfigurationException, which stops the start."""
    _, errors = config_declaration.validate(tk.config)
    for name, messages in errors.items():
        if str(name).startswith(PREFIX):
            raise CkanConfigurationException(f"{name}: {'; '.join(messages)}")
    groups = {group.id for record in standard().records.values() for group in record.groups}
    for name in form_pages():
        if name not in groups:
            raise CkanConfigurationException(
                f"{FORM_PAGES} names '{name}', which is not a group of questions{nearest(name, groups)}"
            )
