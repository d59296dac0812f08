"""Exports of the whole catalogue over HTTP: streamed CSV and JSON Lines files, and their manifest."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from ckan.lib.search import SolrConnectionError
from flask import Response, jsonify, make_response, stream_with_context
from flask.typing import ResponseReturnValue

from ..governance.governance import request_language
from ..standard import language
from ..views.http import page_blueprint
from .export import FORMATS, Export, compress, read_export, write

blueprint = page_blueprint("opensmartcity_auditor", __name__)

_RETRY_AFTER = {"Retry-After": "60"}


@blueprint.route("/transparency/audit.json")
def manifest() -> ResponseReturnValue:
    """Return the manifest of an export: counts, standard, checkpoint, filters and the URLs of its files."""
    try:
        content = _export().manifest()
    except _PROBLEMS as problem:
        return _refuse(problem)
    content["files"] = {form: _with_filters(_address("files", form=form)) for form in FORMATS}
    return jsonify(content)


@blueprint.route("/transparency/audit.<any(csv, jsonl):form>")
def files(form: str) -> ResponseReturnValue:
    """Stream all rows as a file, with Content-Encoding gzip if the client accepts it."""
    return _send(form, packed="gzip" in tk.request.accept_encodings, suffix="")


@blueprint.route("/transparency/audit.<any(csv, jsonl):form>.gz")
def packed_files(form: str) -> ResponseReturnValue:
    """Stream all rows as a gzip file."""
    return _send(form, packed=True, suffix=".gz")


def _send(form: str, *, packed: bool, suffix: str) -> ResponseReturnValue:
    file_format = FORMATS[form]()
    try:
        export = _export()
        parts = write(export.pages(), file_format, begun=export.begun)
        # Fetch the first page now, so that its errors can still change the status.
        first = list(itertools.islice(parts, 2))
    except _PROBLEMS as problem:
        return _refuse(problem)
    parts = itertools.chain(first, parts)
    media_type = "application/gzip" if suffix else f"{file_format.media_type}; charset=utf-8"
    answer = Response(stream_with_context(compress(parts) if packed else parts), content_type=media_type)
    if packed and not suffix:
        answer.headers["Content-Encoding"] = "gzip"
    name = f"audit-{export.audit.today.isoformat()}.{form}{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Link"] = f'<{_with_filters(_address("manifest"))}>; rel="describedby"'
    answer.vary.add("Accept-Encoding")
    return answer


def _export() -> Export:
    params: dict[str, Any] = {
        name: values[0] if len(values) == 1 else values for name, values in tk.request.args.lists()
    }
    return read_export(tk.current_user.name, {"lang": language(request_language()).code, **params})


def _address(view: str, **values: str) -> str:
    return str(tk.url_for(f"opensmartcity_auditor.{view}", qualified=True, **values))


def _with_filters(address: str) -> str:
    """Return a URL with the query parameters of this request."""
    query = urlencode(list(tk.request.args.items(multi=True)))
    return f"{address}?{query}".removesuffix("?")


_PROBLEMS = (tk.ValidationError, tk.NotAuthorized, SolrConnectionError)


def _refuse(problem: Exception) -> Response:
    """Return an error response in the format of CKAN's API."""
    if isinstance(problem, tk.ValidationError):
        return _refusal(400, {"__type": "Validation Error", **problem.error_dict})
    if isinstance(problem, tk.NotAuthorized):
        return _refusal(403, {"__type": "Authorization Error", "message": tk._("Access denied")})
    message = tk._("The search does not answer, so nothing can be listed now. Please try again later.")
    answer = _refusal(503, {"__type": "Search Connection Error", "message": message})
    answer.headers.update(_RETRY_AFTER)
    return answer


def _refusal(status: int, error: dict[str, Any]) -> Response:
    return make_response(jsonify({"success": False, "error": error}), status)
