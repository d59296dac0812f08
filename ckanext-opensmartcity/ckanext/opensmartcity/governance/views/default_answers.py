"""Pages for the default answers of an organisation, one page for each group of questions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import parse_params
from flask.views import MethodView

from ... import config
from ...standard import Field, Group
from ...views.http import page_blueprint, require_csrf_token
from .. import forms
from ..default_answers import default_answer_fields
from ..governance import request_language

blueprint = page_blueprint("opensmartcity_usual", __name__)
require_csrf_token(blueprint)

_ENTRY = "/organization/<id>/usual-answers"
_PAGE = f"{_ENTRY}/<any(dataset, algorithm):record_type>/<group>"


@blueprint.route(_ENTRY)
def entry(id: str) -> Any:
    """Redirect to the first page."""
    first = config.standard().records["dataset"].groups[0].id
    return tk.redirect_to("opensmartcity_usual.page", id=id, record_type="dataset", group=first)


class Page(MethodView):
    """Default answers to the questions of one group."""

    def get(self, id: str, record_type: str, group: str) -> Any:
        """Show the page."""
        stored = _stored_answers(id, record_type)
        return _show((id, record_type, _group(record_type, group)), stored, forms.NO_EDIT)

    def post(self, id: str, record_type: str, group: str) -> Any:
        """Save the answers of this page and keep those of the other pages."""
        page, stored = _group(record_type, group), _stored_answers(id, record_type)
        edit = forms.page_edit(dict(parse_params(tk.request.form)), _fields(record_type, page), stored)
        if edit.conflicts or tk.request.form.get(forms.SHOW_AGAIN):
            return _show((id, record_type, page), stored, edit)
        sent = stored | edit.answers
        answers = {name: value for name, value in sent.items() if value not in ("", [], {})}
        try:
            tk.get_action("governance_defaults_update")({}, {"id": id, "type": record_type, "answers": answers})
        except tk.ValidationError as error:
            return _show((id, record_type, page), stored, edit, error.error_dict)
        except tk.NotAuthorized:
            return tk.abort(403, tk._("You are not authorised to change this."))
        tk.h.flash_success(tk._("Saved. From now on these answers are offered in the form."))
        return tk.redirect_to("opensmartcity_usual.page", id=id, record_type=record_type, group=group)


blueprint.add_url_rule(_PAGE, view_func=Page.as_view("page"))


def _stored_answers(id: str, record_type: str) -> Any:
    """Return the stored default answers; 404 for users who may not read them."""
    try:
        return tk.get_action("governance_defaults_show")({}, {"id": id, "type": record_type})["answers"]
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return tk.abort(404, tk._("There is no such organisation here."))


def _group(record_type: str, name: str) -> Any:
    groups = [group for group in config.standard().records[record_type].groups if group.id == name]
    return groups[0] if groups else tk.abort(404, tk._("The standard has no such group of questions."))


def _fields(record_type: str, page: Group) -> list[Field]:
    allowed = default_answer_fields(config.standard().records[record_type])
    return [field for field in page.fields if field.name in allowed]


def _show(
    place: tuple[str, str, Group], stored: dict[str, Any], edit: forms.PageEdit, errors: dict[str, Any] | None = None
) -> str:
    id, record_type, page = place
    organization = tk.get_action("organization_show")({}, {"id": id, "include_users": False, "include_groups": False})
    fields = _fields(record_type, page)
    values = {"group_dict": organization, "group_type": organization["type"], "record_type": record_type, "group": page}
    # The form of any dataset type has the questions of its record type.
    values |= {"form_type": config.standard().types_of(record_type)[0]}
    values |= {"data": stored | edit.typed, "errors": errors or {}, "asked": [field.name for field in fields]}
    values |= {"rendered_from": forms.rendered_state(fields, stored), "conflicts": {}}
    if edit.conflicts:
        query = {"id": id, "type": record_type, "lang": request_language()}
        offers = {offer["name"]: offer for offer in tk.get_action("governance_defaults_show")({}, query)["offers"]}
        values["conflicts"] = {name: {"answer": offers.get(name)} for name in edit.conflicts}
    return str(tk.render("opensmartcity/usual.html", values))
