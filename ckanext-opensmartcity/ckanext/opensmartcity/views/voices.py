"""What the pages of questions and of stories share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response

from ..logic.voices.limits import TooMany
from .refusing import refuse

# No person sees this field of a form; who fills it in is a program.
TRAP = "website"
VARY = {"Vary": "Accept"}


def act(name: str, **asked: Any) -> dict[str, Any]:
    """Call an action as whoever asks."""
    answer: dict[str, Any] = tk.get_action(name)({}, asked)
    return answer


def record(id: str) -> Any:
    """Return a record, or the refusal of whoever may not see it."""
    try:
        return act("package_show", id=id)
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    except tk.NotAuthorized:
        return refuse(id)


def wanted(*names: str) -> dict[str, str]:
    """Return what the address asks for."""
    return {name: tk.request.args[name] for name in names if tk.request.args.get(name)}


def listed(action: str, **asked: Any) -> Any:
    """Return a list by an action, or the refusal of an address that asks for what there is not."""
    try:
        return act(action, **asked)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized:
        return refuse(str(asked.get("id", "")))
    except tk.ValidationError as error:
        return tk.abort(400, "; ".join(f"{name}: {text}" for name, text in error.error_summary.items()))


def as_json(value: Any) -> Any:
    """Answer with a list as JSON, or with the refusal."""
    if isinstance(value, Response):
        return value
    answer = make_response(jsonify(value))
    answer.headers.update(VARY)
    return answer


def page(template: str, values: Mapping[str, Any], error: tk.ValidationError | None = None) -> Response:
    """Answer with a page; with the status and the time to wait of an error that it shows."""
    status = 200 if error is None else 429 if isinstance(error, TooMany) else 400
    answer = make_response(tk.render(template, dict(values)), status, VARY)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def is_trapped() -> bool:
    """Tell whether a program has filled in what no person sees."""
    return bool(tk.request.form.get(TRAP))


def typed(*names: str) -> dict[str, str]:
    """Return what was typed into some fields."""
    return {name: tk.request.form.get(name, "") for name in names}


def filled(*names: str) -> dict[str, str]:
    """Return what was typed into those of some fields that are not empty."""
    return {name: value for name, value in typed(*names).items() if value}


def thank(message: str, code: str | None) -> None:
    """Say on the next page that something has arrived, with the receipt."""
    receipt = tk._("Keep this code: {code}. With it you can have your words exported or deleted.")
    tk.h.flash_success(message + (" " + receipt.format(code=code) if code else ""))
