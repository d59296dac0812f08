"""For the editors of an organisation: the answers that it usually gives, a page for each group of questions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import parse_params
from flask.views import MethodView

from ... import config
from ...standard import Field, Group
from ...views.http import page_blueprint, require_csrf_token
from .. import forms
from ..default_answers import usual_fields

blueprint = page_blueprint("opensmartcity_usual", __name__)
require_csrf_token(blueprint)

_ENTRY = "/organization/<id>/usual-answers"
_PAGE = f"{_ENTRY}/<any(dataset, algorithm):record_type>/<group>"


@blueprint.route(_ENTRY)
def entry(id: str) -> Any:
    """Lead to the first page."""
    first = config.standard().records["dataset"].groups[0].id
    return tk.redirect_to("opensmartcity_usual.page", id=id, record_type="dataset", group=first)


class Page(MethodView):
    """The usual answers to the questions of one group."""

    def get(self, id: str, record_type: str, group: str) -> Any:
        """Show the page."""
        stated = _stated(id, record_type)
        return _show(id, record_type, _group(record_type, group), stated)

    def post(self, id: str, record_type: str, group: str) -> Any:
        """Save the answers of this page and keep those of the others."""
        page, stated, form = _group(record_type, group), _stated(id, record_type), dict(parse_params(tk.request.form))
        sent = stated | forms.page_answers(form, _fields(record_type, page), stated)
        answers = {name: value for name, value in sent.items() if value not in ("", [], {})}
        try:
            tk.get_action("governance_defaults_update")({}, {"id": id, "type": record_type, "answers": answers})
        except tk.ValidationError as problem:
            return _show(id, record_type, page, sent | forms.typed_declarations(form), problem.error_dict)
        except tk.NotAuthorized:
            return tk.abort(403, tk._("You are not authorised to change this."))
        tk.h.flash_success(tk._("Saved. From now on these answers are offered in the form."))
        return tk.redirect_to("opensmartcity_usual.page", id=id, record_type=record_type, group=group)


blueprint.add_url_rule(_PAGE, view_func=Page.as_view("page"))


def _stated(id: str, record_type: str) -> Any:
    """Return the stated answers; to everybody who may not read them the page does not exist."""
    try:
        return tk.get_action("governance_defaults_show")({}, {"id": id, "type": record_type})["answers"]
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return tk.abort(404, tk._("There is no such organisation here."))


def _group(record_type: str, name: str) -> Any:
    found = [group for group in config.standard().records[record_type].groups if group.id == name]
    return found[0] if found else tk.abort(404, tk._("The standard has no such group of questions."))


def _fields(record_type: str, page: Group) -> list[Field]:
    known = usual_fields(config.standard().records[record_type])
    return [field for field in page.fields if field.name in known]


def _show(id: str, record_type: str, page: Group, data: dict[str, Any], errors: dict[str, Any] | None = None) -> str:
    organization = tk.get_action("organization_show")({}, {"id": id, "include_users": False, "include_groups": False})
    values = {"group_dict": organization, "group_type": organization["type"], "record_type": record_type, "group": page}
    asked = [field.name for field in _fields(record_type, page)]
    values |= {"data": data, "errors": errors or {}, "asked": asked}
    return str(tk.render("opensmartcity/usual.html", values))
