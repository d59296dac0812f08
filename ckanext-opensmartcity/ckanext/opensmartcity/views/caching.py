"""Validators of what we show: who has the newest version already is told so, and nothing is rendered for them."""

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

# A page depends on what is asked for, who asks, and (by the address) on the language.
_VARY = ("Accept", "Authorization", "Cookie")


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
    answer.vary.update(_VARY)
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
