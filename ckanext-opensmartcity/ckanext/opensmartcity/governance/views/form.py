"""Governance form for stewards: one page for each group of questions, each saved on its own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.navl.dictization_functions import DataError, unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from ckan.views.dataset import CreateView, EditView, _tag_string_to_list
from flask import jsonify
from flask.views import MethodView

from ... import config
from ...standard import Group
from ...views.http import page_blueprint, require_csrf_token
from .. import forms
from ..governance import request_language

blueprint = page_blueprint("opensmartcity_form", __name__)
require_csrf_token(blueprint)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/governance"
_DRAFT = "draft"
# Fields that a button changes besides saving the page.
_BUTTON_CHANGES = {"publish": {"state": "active"}}


class NewRecord(CreateView):
    """First page of the form of a new record, with CKAN's own fields; the questions and then the resources follow."""

    def post(self, package_type: str) -> Any:
        """Save CKAN's fields as a draft and redirect to the first group of questions; leave other forms to CKAN."""
        if forms.OWN_FIELDS_MARK not in tk.request.form:
            return super().post(package_type)
        data, context = _parse_own_fields() | {"type": package_type, "state": _DRAFT}, self._prepare()
        context["allow_state_change"] = True
        try:
            saved = tk.get_action("package_update" if data.get("id") else "package_create")(context, data)
        except tk.ValidationError as error:
            errors = error.error_dict, error.error_summary
            if data.get("id"):
                return EditView().get(package_type, data["id"], data, *errors)
            return self.get(package_type, data | {"state": "none"}, *errors)
        except tk.ObjectNotFound:
            return tk.abort(404, tk._("Dataset not found"))
        except tk.NotAuthorized:
            return _refuse()
        return tk.redirect_to(_page_url(saved, _groups(saved)[0]))


def _parse_own_fields() -> Any:
    """Parse CKAN's form, in which tags are one string and `pkg_name` names an existing draft."""
    try:
        data: dict[str, Any] = clean_dict(unflatten(tuplize_dict(parse_params(tk.request.form))))
    except DataError:
        return tk.abort(400, tk._("Integrity Error"))
    for name in ("save", "_ckan_phase"):
        data.pop(name, None)
    if "tag_string" in data:
        data["tags"] = _tag_string_to_list(data["tag_string"])
    draft = data.pop("pkg_name", None)
    return data | ({"id": draft} if draft else {})


for _type in ("dataset", "algorithm"):
    blueprint.add_url_rule(
        f"/{_type}/new",
        view_func=NewRecord.as_view(f"new_{_type}"),
        defaults={"package_type": _type},
        methods=["POST"],
    )


@blueprint.route(_RECORD)
def governance(package_type: str, id: str) -> Any:
    """Redirect to the page with the next step."""
    record = _editable(id)
    step = tk.get_action("governance_check")({}, record)["next_step"]
    groups = {group.id: group for group in _groups(record)}
    return tk.redirect_to(_page_url(record, groups[step["group"]] if step else _groups(record)[0]))


class Page(MethodView):
    """Questions of one group."""

    def get(self, package_type: str, id: str, group: str) -> Any:
        """Show the page."""
        record = _editable(id)
        return _show(record, _group(record, group))

    def post(self, package_type: str, id: str, group: str) -> Any:
        """Save only the answers of this page; or, for the button `take`, fill in default answers without saving."""
        take, button = tk.request.form.get("take"), tk.request.form.get("save", "")
        record = _editable(id) if take else _readable(id, {})
        page = _group(record, group)
        sent = _sent_answers(record, page)
        if take:
            return _fill_in(record | sent, page, take)
        try:
            tk.get_action("package_patch")({}, {"id": record["id"], **sent, **_BUTTON_CHANGES.get(button, {})})
        except tk.NotAuthorized:
            return _refuse()
        except tk.ValidationError as error:
            return _show(record | sent | forms.typed_declarations(_form()), page, error.error_dict)
        return tk.redirect_to(_next_url(record, page, button))


blueprint.add_url_rule(f"{_RECORD}/<group>", view_func=Page.as_view("page"))


@blueprint.route(f"{_RECORD}/<group>/check", methods=["POST"])
def check(package_type: str, id: str, group: str) -> Any:
    """Return the assessment of the record as if this page were saved, for the live preview of the form."""
    record = _editable(id)
    page = _group(record, group)
    checked = _check(record | _sent_answers(record, page))
    return jsonify(
        applies=tk.h.opensmartcity_applies(checked, page),
        panel=tk.render_snippet("opensmartcity/form/panel.html", {"checked": checked, "group": page}),
        said=tk.h.opensmartcity_standing(checked, page.id),
    )


def _editable(id: str) -> Any:
    """Return a record that the user may edit; respond 403 or 404 as CKAN's own form does."""
    context: Any = {}
    record = _readable(id, context)
    try:
        tk.check_access("package_update", context, {"id": record["id"]})
    except tk.NotAuthorized:
        return _refuse()
    return record


def _readable(id: str, context: Any) -> Any:
    try:
        return tk.get_action("package_show")(context, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def _refuse() -> Any:
    return tk.abort(403, tk._("You are not authorised to change this."))


def _groups(record: dict[str, Any]) -> Any:
    kind = config.standard().records.get(record["type"])
    return kind.groups if kind else tk.abort(404, tk._("The standard has no questions for this."))


def _group(record: dict[str, Any], name: str) -> Any:
    groups = [group for group in _groups(record) if group.id == name]
    return groups[0] if groups else tk.abort(404, tk._("The standard has no such group of questions."))


def _form() -> dict[str, Any]:
    return dict(parse_params(tk.request.form))


def _sent_answers(record: dict[str, Any], page: Group) -> dict[str, Any]:
    return forms.page_answers(_form(), page.fields, record)


def _fill_in(typed: dict[str, Any], page: Group, take: str) -> str:
    """Show the page with the default answer of the field `take` filled in, or all of them for `*`; save nothing."""
    about = tk.h.opensmartcity_about(_check(typed), page, _offers(typed), ())
    taken = [name for name, each in about.items() if each["offer"] and each["applies"] and take in (name, "*")]
    filled = forms.filled([about[name]["offer"] for name in taken])
    return _show(typed | forms.typed_declarations(_form()) | filled, page, taken=taken)


def _offers(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the default answers of a record's organisation by field; an empty dict for users who may not read them."""
    if not record.get("owner_org"):
        return {}
    query = {"id": record["owner_org"], "type": record["type"], "lang": request_language()}
    try:
        return {offer["name"]: offer for offer in tk.get_action("governance_defaults_show")({}, query)["offers"]}
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return {}


def _check(record: dict[str, Any]) -> dict[str, Any]:
    return dict(tk.get_action("governance_check")({}, record | {"lang": request_language()}))


def _show(
    record: dict[str, Any], page: Group, errors: dict[str, Any] | None = None, taken: Collection[str] = ()
) -> str:
    checked = _check(forms.with_typed_declarations(record, page.fields))
    values = {"record": record, "pkg_dict": record, "dataset_type": record["type"], "group": page, "checked": checked}
    values |= {"errors": errors or {}, "offers": _offers(record), "taken": taken}
    return str(tk.render("opensmartcity/governance.html", values))


def _page_url(record: dict[str, Any], page: Group) -> str:
    return _address("opensmartcity_form.page", record, group=page.id)


def _address(endpoint: str, record: dict[str, Any], **values: str) -> str:
    return str(tk.url_for(endpoint, package_type=record["type"], id=record["name"], **values))


def _next_url(record: dict[str, Any], page: Group, button: str) -> str:
    """Return the URL to which the button of a saved page leads, and flash a success message."""
    tk.h.flash_success(tk._("Saved."))
    if button == "publish":
        return str(tk.url_for(f"{record['type']}.read", id=record["name"]))
    if button != "next":
        return _page_url(record, page)
    groups = _groups(record)
    following = groups[groups.index(page) + 1 :]
    if following:
        return _page_url(record, following[0])
    if record["state"] == _DRAFT:
        return str(tk.url_for(f"{record['type']}_resource.new", id=record["name"]))
    return _address("opensmartcity.transparency", record)
