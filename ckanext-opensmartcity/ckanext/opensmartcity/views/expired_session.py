"""Forms that arrive after the session has ended: a page with what was typed, to be sent again after a log-in.

The page is stateless: what was typed stays in the browser, in a form with a new CSRF token. It is only shown for a form
of this portal, because another site could otherwise fill in the text and let a steward send it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from flask import Response, make_response

from .. import config

# Largest text that is shown again, in characters.
MAX_TEXT = 500_000


def resend_page(status: int) -> Response:
    """Return the page that shows what was typed and sends it again; `status` is that of the refused request."""
    inputs = [(name, value) for name, value in tk.request.form.items(multi=True) if name != _csrf_field()]
    values = {"inputs": inputs, "texts": list(_texts(inputs)), "action": tk.url_for(tk.h.current_url())}
    response = make_response(tk.render("opensmartcity/session_over.html", values), status)
    response.cache_control.no_store = True
    return response


def is_own_form() -> bool:
    """Tell whether the browser says that a form without files was sent by a page of this portal."""
    if sum(len(value) for _, value in tk.request.form.items(multi=True)) > MAX_TEXT:
        return False
    if tk.request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data") or tk.request.files:
        return False
    if tk.request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    source = tk.request.headers.get("Origin") or tk.request.headers.get("Referer")
    return source is not None and urlsplit(source).netloc == urlsplit(tk.request.host_url).netloc


def _csrf_field() -> str:
    return str(tk.config["WTF_CSRF_FIELD_NAME"])


def _texts(inputs: Iterable[tuple[str, str]]) -> Iterable[dict[str, str]]:
    """Yield label and text of the answers of the standard among the inputs."""
    kinds = config.standard().records.values()
    labels = tk.h.opensmartcity_labels(field for kind in kinds for field in kind.fields.values())
    for name, value in inputs:
        if name in labels and value.strip():
            yield {"label": labels[name], "text": value}
