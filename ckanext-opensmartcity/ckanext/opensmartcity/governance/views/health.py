"""Health and metrics of the portal, for load balancers and monitoring systems.

Everybody reads the overall status, and the status of what a visitor notices anyway. Which checks fail, with messages
that name files and hosts, tells an attacker where to begin: sysadmins and the holder of `monitoring_token` read it.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import CKANApp
from flask import Response, current_app, has_request_context
from flask.typing import ResponseReturnValue

from ... import config
from ...contributions import DoctorCheck
from ...standard import language
from ...views.http import JSON, page_blueprint
from .. import health
from ..doctor import CheckReport, active_checks, report, worst
from ..governance import request_language

BLUEPRINT = "opensmartcity_monitoring"
blueprint = page_blueprint(BLUEPRINT, __name__, files=("report_health", "metrics"), url_prefix="/transparency")

_BEARER = "Bearer "


@blueprint.route("/health")
def report_health() -> ResponseReturnValue:
    """Return the status of the portal as JSON: 200 if it is `ok` or `warning`, 503 if it is `error`.

    The parameter `check`, which may be repeated, selects checks: a load balancer asks for those that concern this
    server alone.
    """
    detailed = _has_token() or _is_sysadmin()
    readable = {each.id: each for each in active_checks() if detailed or each.public}
    names = tk.request.args.getlist("check")
    if unknown := [name for name in names if name not in readable]:
        text = tk._("There is no check “{name}” that you may read. There is: {names}")
        return tk.abort(400, text.format(name=unknown[0][:100], names=", ".join(readable)))  # type: ignore[no-any-return]
    results = health.results([readable[name] for name in dict.fromkeys(names)] if names else active_checks())
    body = report(results, language(request_language()).translate)
    if not detailed:
        body["checks"] = [_without_texts(each) for each in body["checks"] if each["id"] in readable]
    status = 503 if worst(results) == "error" else 200
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=JSON)


def _without_texts(found: CheckReport) -> CheckReport:
    return {**found, "message": None, "remedy": None}


@blueprint.route("/metrics")
def metrics() -> ResponseReturnValue:
    """Return the metrics of all checks in Prometheus' text format, or in OpenMetrics if the Accept header asks so."""
    if not (_has_token() or _is_sysadmin()):
        text = tk._("Metrics are for sysadmins, and for programs with the token of {option}.")
        return tk.abort(403, text.format(option=config.MONITORING_TOKEN))  # type: ignore[no-any-return]
    content, media_type = health.exposition(health.results(active_checks()), tk.request.headers.get("Accept", ""))
    return Response(content, content_type=media_type)


@blueprint.after_request
def forbid_caching(response: Response) -> Response:
    """Forbid every cache to keep a response; CKAN would let caches keep those to anonymous visitors."""
    tk.request.environ["__no_cache__"] = True
    response.cache_control.no_store = True
    return response


def _has_token() -> bool:
    """Tell whether the request has the token of the configuration, which needs no database."""
    given, token = tk.request.headers.get("Authorization", ""), config.monitoring_token()
    return bool(token) and hmac.compare_digest(given.encode(), (_BEARER + token).encode())


def _is_sysadmin() -> bool:
    return bool(tk.current_user.is_authenticated and tk.current_user.sysadmin)


def answer_first() -> ResponseReturnValue | None:
    """Answer load balancers and monitoring systems before CKAN asks its database, which may hang, about the request."""
    request = tk.request
    if request.blueprint != BLUEPRINT or request.method != "GET" or request.cookies:
        return None
    anonymous = request.endpoint == f"{BLUEPRINT}.report_health" and not request.headers.get("Authorization")
    checks: dict[str, DoctorCheck] = {each.id: each for each in active_checks()}
    names = request.args.getlist("check")
    if not (_has_token() or anonymous) or any(name not in checks or anonymous > checks[name].public for name in names):
        # Errors are answered with CKAN's pages, which need all that CKAN prepares.
        return None
    # What CKAN's own handlers rely on after the request.
    setattr(tk.g, "__timer", time.time())
    tk.g.user = ""
    view: Any = current_app.view_functions[str(request.endpoint)]
    return view()  # type: ignore[no-any-return]


class _BearerFilter(logging.Filter):
    """Log filter that drops CKAN's error that a token for monitoring is not one of its API tokens, at each request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is about another request."""
        return not (has_request_context() and tk.request.blueprint == BLUEPRINT)


def start(app: CKANApp) -> None:
    """Answer monitoring before CKAN's own handlers of requests, and keep its tokens out of CKAN's log."""
    handlers = getattr(app, "before_request_funcs", None)
    if handlers is not None:
        handlers.setdefault(None, []).insert(0, answer_first)
    logger = logging.getLogger("ckan.lib.api_token")
    if not any(isinstance(each, _BearerFilter) for each in logger.filters):
        logger.addFilter(_BearerFilter())
