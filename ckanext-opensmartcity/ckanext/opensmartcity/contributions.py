"""Contributions of a feature: panels, links, output formats, indicators, import sources and doctor checks.

A contribution is one declaration. `registry` collects those of the features that are on and feeds them to routes,
pages, content negotiation, OpenAPI, commands and the test matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from ckan.types import Context

from .standard import PortalIndicator
from .standard.i18n import N_, Message

Values = Mapping[str, Any]

PanelPlace = Literal["record", "record.status", "resource", "list", "city"]
LinkPlace = Literal[
    "site",
    "breadcrumb",
    "dataset.tabs",
    "dataset.edit.tabs",
    "organization.tabs",
    "dashboard.tabs",
    "record.about",
    "record.feeds",
    "event",
    "city.pages",
    "city.files",
    "city.back",
    "standard",
]


@dataclass(frozen=True)
class Panel:
    """Block of a page: `data` maps the page's values to those of `template`; None omits the block.

    `title` (a msgid) and `anchor` put it into the table of contents of the page. Panels of a place are ordered by
    `position`.
    """

    place: PanelPlace
    position: int
    template: str
    data: Callable[[Values], Any]
    anchor: str = ""
    title: str = ""


@dataclass(frozen=True)
class PageLink:
    """Link on a page of the core: `label` is a msgid; `params` maps the page's values to those of `endpoint`.

    `name` is the word by which the option of its place (`config.LINK_OPTIONS`) shows it; links without one are
    always shown.
    """

    place: LinkPlace
    position: int
    label: str
    endpoint: str
    params: Callable[[Values], Mapping[str, Any]] = lambda values: {}
    when: Callable[[Values], bool] = lambda values: True
    media_type: str = ""
    icon: str = ""
    # Dataset types on whose pages the link of the site's navigation is highlighted.
    highlight: tuple[str, ...] = ()
    name: str = ""


def record_params(values: Values) -> dict[str, str]:
    """Return the route parameters of the `dataset` of a page."""
    return {"package_type": values["dataset"]["type"], "id": values["dataset"]["name"]}


class RecordImport(Protocol):
    """Import source that a feature registers: a factory of functions that import one file."""

    def __call__(self, importer: Any, source_name: str | None) -> Callable[[str], Iterator[tuple[str, Any]]]:
        """Return a function that imports one file and yields (place, outcome)."""


@dataclass(frozen=True)
class OutputFormat:
    """Serialization of one record, served at `/dataset/ID/transparency.SUFFIX` and `/algorithm/ID/transparency.SUFFIX`.

    `load` returns the content of the record with an id, a JSON value from which the ETag is computed; it raises
    ObjectNotFound or NotAuthorized as `package_show` does. By default it is the result of governance_show in the
    language of the request. `serialize` returns the body, text as UTF-8.
    """

    # Key in the `links` of governance_show.
    name: str
    media_type: str
    suffix: str
    serialize: Callable[[Any], str | bytes]
    load: Callable[[Context, str], Any] | None = None
    # Text of a link on the transparency page, a msgid. Without it the page has a `<link rel="alternate">` only.
    label: str = ""
    # Whether the Accept header of a request for the page selects it. Only one format of a media type can be selected.
    negotiated: bool = True
    # Reason for which the format cannot be written, such as an optional package that is missing; None if it can.
    unavailable: Callable[[], str | None] = lambda: None
    # Source of `ckan opensmartcity import --from NAME` that reads the format back.
    importer: RecordImport | None = None


@dataclass(frozen=True)
class Share:
    """Value of an indicator: `count` of `of`, with the URLs of the records counted and of the rest."""

    count: int
    of: int
    list: str
    rest_list: str


@dataclass(frozen=True)
class Number:
    """Value of an indicator: a number with its unit (singular, plural), and the URL of the list behind it."""

    value: float
    unit: tuple[str, str] | None
    list: str


@dataclass(frozen=True)
class IndicatorSource:
    """Source of indicators of the city page that are not counted from answers, such as link checks.

    `names` are what `source` in `figures.yaml` may name. `values` returns the value of each name, None or nothing for
    one that has none yet. `indicators` are those that `figures.yaml` does not word, such as those of other extensions.
    """

    names: tuple[str, ...]
    values: Callable[[], Mapping[str, Share | Number | None]]
    indicators: tuple[PortalIndicator, ...] = ()


Status = Literal["ok", "warning", "error"]
# Services that a check waits for. Checks of one service run one after another, so that one that hangs delays no others.
Service = Literal["", "database", "redis", "search", "mail"]
# What to do if a service does not answer, whichever check finds that.
SERVICE_REMEDIES: dict[Service, Message] = {
    "database": Message(N_("See whether PostgreSQL runs and takes connections, and whether sqlalchemy.url is right.")),
    "redis": Message(N_("See whether Redis or Valkey runs, and whether ckan.redis.url is right.")),
    "search": Message(N_("See whether Solr runs, and whether solr_url is right.")),
    "mail": Message(N_("See whether the mail server runs, and whether smtp.server is right.")),
}


class Diagnosis(NamedTuple):
    """Result of a doctor check, with what an administrator can do if it is not `ok`, and values for monitoring."""

    status: Status
    message: Message
    remedy: Message | None = None
    # Values of the gauges that the check declares, by name.
    gauges: Mapping[str, float] = MappingProxyType({})


def run_once(command: str) -> Message:
    """Return the remedy to run a command."""
    return Message(N_("Run: {command}"), {"command": command})


def run_nightly(command: str) -> Message:
    """Return the remedy to run a command each night."""
    return Message(N_("Run each night by cron: {command}"), {"command": command})


@dataclass(frozen=True)
class DoctorCheck:
    """Check of `ckan opensmartcity doctor`: `run` looks at this portal and changes nothing.

    `needs` is the service that `run` waits for. `start` is a variant for the start of the web server, which must not
    wait for a service; without it nothing is checked then. `gauges` are the descriptions of the metrics that the
    diagnosis may have values for, by name, such as `jobs_waiting`; a name that ends with `_seconds` is in seconds.
    `public`: everybody may read the status, because a visitor notices a failure anyway.
    """

    id: str
    run: Callable[[], Diagnosis]
    needs: Service = ""
    start: Callable[[], Diagnosis] | None = None
    gauges: Mapping[str, str] = field(default_factory=dict)
    public: bool = False
