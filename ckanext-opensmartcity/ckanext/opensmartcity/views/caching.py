"""What caches are told of our answers: whom each is for, and by validators that a reader has the newest already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, json

from ..logic.governance import request_language
from ..standard.language import catalogue_folder

_HTML = "text/html"


def tell_caches(answer: Response) -> Response:
    """Tell every cache on the way that an answer depends on who asks, and to keep nothing that is for one person."""
    # Somebody is known by a cookie, by a token, or by a server before the portal that asks for a password.
    answer.vary.update(("Cookie", "Authorization", tk.config["apitoken_header_name"]))
    if tk.g.get("user"):
        # CKAN knows it of what it renders, and calls every other answer public.
        tk.request.environ["__no_cache__"] = True
        # A browser that goes back to a form still has to have what was typed there.
        answer.cache_control.no_store = answer.mimetype != _HTML
    return answer


def cached(content: Any, render: Callable[[], Response]) -> Response:
    """Answer 304 where the reader has this content already, else what `render` gives, with its validator.

    Whoever is logged in gets no validator: their page also holds their messages and a token of their session.
    """
    if tk.current_user.is_authenticated:
        return _varied(render())
    tag = _tag(content)
    answer = Response(status=304) if tk.request.if_none_match.contains_weak(tag) else render()
    answer.set_etag(tag, weak=True)
    return _varied(answer)


def _varied(answer: Response) -> Response:
    answer.vary.add("Accept")
    answer.content_language.add(request_language().replace("_", "-"))
    return answer


def _tag(content: Any) -> str:
    """Return the digest of what is shown, of the language and address, and of the programs that show it."""
    shown = json.dumps([content, request_language(), tk.request.url, _site(), _programs()], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def _site() -> list[str]:
    """Return what an administrator can change while the portal runs."""
    return [str(tk.config.get(key)) for key in ("ckan.site_title", "ckan.theme", "ckan.site_custom_css")]


@cache
def _programs() -> str:
    """Return when the newest of our files was changed: a new version of the product makes every page new."""
    folders = (Path(__file__).parents[1], catalogue_folder())
    times = (path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*.*") if path.is_file())
    return str(max(times, default=0))
