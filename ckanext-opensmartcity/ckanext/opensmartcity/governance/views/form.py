"""Governance form for stewards: one page for each group of questions, each saved on its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.navl.dictization_functions import DataError, unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from ckan.views.dataset import CreateView, EditView, _tag_string_to_list
from ckanext.scheming.views import SchemingCreatePageView, SchemingEditPageView
from flask import jsonify
from flask.sansio.blueprints import BlueprintSetupState
from flask.views import MethodView

from ... import config, registry
from ...standard import DECLARED_FIELD, Group
from ...views.expired_session import is_own_form, resend_page
from ...views.http import page_blueprint, require_csrf_token
from .. import form_pages, forms
from ..edit_baseline import stored_answers
from ..governance import request_language

blueprint = page_blueprint("opensmartcity_form", __name__)
require_csrf_token(blueprint)

_RECORD = "/<governed:package_type>/<id>/governance"
_DRAFT = "draft"


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
            return refuse()
        own = form_pages.own_pages(package_type)
        following = form_pages.own_page_url(package_type, saved["name"], 2, _DRAFT) if len(own) > 1 else None
        return tk.redirect_to(following or _page_url(saved, _groups(saved)[0]))


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


class NewRecordPage(SchemingCreatePageView):
    """Further page of own fields of a new record; the questions follow the last one."""

    def post(self, package_type: str, id: str, page: str) -> Any:
        """Save the page; redirect from the last one to the first group of questions."""
        record = editable_record(id)
        if record["state"] != _DRAFT:
            # Scheming would make a draft of it: docs/adr/0007-own-form-pages.md
            return SchemingEditPageView().post(package_type, id, page)
        response = super().post(package_type, id, page)
        if getattr(response, "status_code", None) == 302 and tk.h.opensmartcity_own_page(package_type, page).is_last:
            return tk.redirect_to(_page_url(record, _groups(record)[0]))
        return response


def _add_routes(state: BlueprintSetupState) -> None:
    """Add the routes that CKAN and scheming have for each type, in front of theirs."""
    for name in config.standard().types:
        options: dict[str, Any] = {"defaults": {"package_type": name}, "methods": ["POST"]}
        state.add_url_rule(f"/{name}/new", f"new_{name}", NewRecord.as_view("new"), **options)
        page = NewRecordPage.as_view("new_page")
        state.add_url_rule(f"/{name}/new/<id>/<page>", f"new_page_{name}", page, **options)


blueprint.record(_add_routes)


@blueprint.route(_RECORD)
def governance(package_type: str, id: str) -> Any:
    """Redirect to the page with the next step."""
    record = editable_record(id)
    step = tk.get_action("governance_check")({}, record)["next_step"]
    groups = {group.id: group for group in _groups(record)}
    return tk.redirect_to(_page_url(record, groups[step["group"]] if step else _groups(record)[0]))


class Page(MethodView):
    """Questions of one group."""

    def get(self, package_type: str, id: str, group: str) -> Any:
        """Show the page."""
        record = editable_record(id)
        return _show(record, forms.NO_EDIT, _group(record, group))

    def post(self, package_type: str, id: str, group: str) -> Any:
        """Save the answers that the person changed, unless somebody else has changed the same ones.

        The button `take` fills in default answers, `keep` the answer of somebody else, and `show_again` shows the page
        in another language; they save nothing.
        """
        if not tk.current_user.is_authenticated and is_own_form():
            return resend_page(403)
        form = dict(parse_params(tk.request.form))
        shown_only = any(form.get(button) for button in ("take", "keep", forms.SHOW_AGAIN))
        record = editable_record(id) if shown_only else locked_record(id)
        page = _group(record, group)
        edit = forms.page_edit(form, page.fields, record)
        if shown_only or edit.conflicts:
            return self.show_again(record, page, edit, form)
        try:
            tk.get_action("package_patch")({}, {"id": record["id"], **edit.answers})
        except tk.NotAuthorized:
            return refuse()
        except tk.ValidationError as error:
            return _show(record, edit, page, error.error_dict)
        return tk.redirect_to(_next_url(record, page, str(form.get("save", ""))))

    @staticmethod
    def show_again(record: dict[str, Any], page: Group, edit: forms.PageEdit, form: dict[str, Any]) -> str:
        """Show the page with what was typed and save nothing: for a conflict, or a button that does not save."""
        if form.get("take"):
            return _fill_in(record, edit, page, form["take"])
        if form.get("keep"):
            return _show(record, _keep_stored(edit, form), page)
        editable_record(record["id"])
        return _show(record, edit, page)


blueprint.add_url_rule(f"{_RECORD}/<group>", view_func=Page.as_view("page"))


@blueprint.route(f"{_RECORD}/<group>/check", methods=["POST"])
def check(package_type: str, id: str, group: str) -> Any:
    """Return the assessment of the record as if this page were saved, for the live preview of the form."""
    record = editable_record(id)
    page = _group(record, group)
    checked = check_record(record | forms.page_edit(dict(parse_params(tk.request.form)), page.fields, record).answers)
    return jsonify(
        applies=tk.h.opensmartcity_applies(checked, page),
        panel=tk.render_snippet("opensmartcity/form/panel.html", {"checked": checked, "group": page}),
        said=tk.h.opensmartcity_standing(checked, page.id),
    )


def editable_record(id: str) -> Any:
    """Return a record that the user may edit; respond 403 or 404 as CKAN's own form does."""
    context: Any = {}
    record = _readable(id, context)
    try:
        tk.check_access("package_update", context, {"id": record["id"]})
    except tk.NotAuthorized:
        return refuse()
    return record


def locked_record(id: str) -> Any:
    """Return a readable record with its answers as committed, locked until the patch is committed.

    No other save can come between the comparison of the page with the record and the patch.
    """
    context: Any = {"for_update": True}
    record = _readable(id, context)
    kind = config.standard().types.get(record["type"])
    # package_show returns the indexed record, which may be older than the one in the database.
    return record | stored_answers(kind, context["package"].extras) if kind else record


def _readable(id: str, context: Any) -> Any:
    try:
        return tk.get_action("package_show")(context, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def refuse() -> Any:
    """Respond 403."""
    return tk.abort(403, tk._("You are not authorised to change this."))


def _groups(record: dict[str, Any]) -> Any:
    if record["type"] not in config.standard().types:
        return tk.abort(404, tk._("The standard has no questions for this."))
    return form_pages.groups(record["type"])


def _group(record: dict[str, Any], name: str) -> Any:
    groups = [group for group in _groups(record) if group.id == name]
    return groups[0] if groups else tk.abort(404, tk._("The standard has no such group of questions."))


def _fill_in(record: dict[str, Any], edit: forms.PageEdit, page: Group, take: str) -> str:
    """Show the page with the default answer of the field `take` filled in, or all of them for `*`; save nothing."""
    typed = record | edit.answers
    about = tk.h.opensmartcity_about(check_record(typed), page, _offers(typed))
    taken = [name for name, each in about.items() if each["offer"] and each["applies"] and take in (name, "*")]
    filled = forms.filled([about[name]["offer"] for name in taken])
    return _show(record, replace(edit, typed=edit.typed | filled), page, taken=taken)


def _keep_stored(edit: forms.PageEdit, form: dict[str, Any]) -> forms.PageEdit:
    """Return the edit without the question that `keep` names, and with the other conflicts that the page showed."""
    keep, listed = form["keep"], form.get(forms.CONFLICT, [])
    typed = {name: value for name, value in edit.typed.items() if name not in forms.inputs_of(keep)}
    shown = {*edit.conflicts, *([listed] if isinstance(listed, str) else listed)} - {keep}
    return replace(edit, typed=typed, conflicts=tuple(shown))


def _offers(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the default answers of a record's organisation by field; an empty dict for users who may not read them."""
    if not record.get("owner_org"):
        return {}
    query = {"id": record["owner_org"], "type": record["type"], "lang": request_language()}
    try:
        return {offer["name"]: offer for offer in tk.get_action("governance_defaults_show")({}, query)["offers"]}
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return {}


def check_record(record: dict[str, Any]) -> dict[str, Any]:
    """Return the assessment of a record in the language of the request."""
    return dict(tk.get_action("governance_check")({}, record | {"lang": request_language()}))


def _show(
    record: dict[str, Any],
    edit: forms.PageEdit,
    page: Group,
    errors: dict[str, Any] | None = None,
    taken: Collection[str] = (),
) -> str:
    """Show a page with the stored answers, and those of the edit as typed."""
    shown = record | edit.typed
    checked = check_record(forms.with_typed_declarations(shown, page.fields))
    values = {"record": shown, "pkg_dict": record, "dataset_type": record["type"], "group": page, "checked": checked}
    values |= {"errors": errors or {}, "offers": _offers(record), "taken": taken}
    values |= {"rendered_from": forms.rendered_state(page.fields, record), "unsaved": bool(edit.typed)}
    values |= {"conflicts": _stored_answers(record, edit.conflicts) if edit.conflicts else {}}
    return str(tk.render("opensmartcity/governance.html", values))


def _stored_answers(record: dict[str, Any], names: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the stored answers to questions, with who has changed them last and when, if that is known."""
    newest = registry.changed_by(record["id"])
    fields = {field["name"]: field for group in check_record(record)["groups"] for field in group["fields"]}
    return {
        name: {"answer": fields[name], **(newest.get(name) or newest.get(DECLARED_FIELD) or {})}
        for name in names
        if name in fields
    }


def _page_url(record: dict[str, Any], page: Group) -> str:
    return _address("opensmartcity_form.page", record, group=page.id)


def _address(endpoint: str, record: dict[str, Any], **values: str) -> str:
    return str(tk.url_for(endpoint, package_type=record["type"], id=record["name"], **values))


def _next_url(record: dict[str, Any], page: Group, button: str) -> str:
    """Return the URL to which the button of a saved page leads, and flash a success message."""
    tk.h.flash_success(tk._("Saved."))
    if button == "publish":
        return _address("opensmartcity_publication.publication", record)
    if button != "next":
        return _page_url(record, page)
    groups = _groups(record)
    following = groups[groups.index(page) + 1 :]
    if following:
        return _page_url(record, following[0])
    if record["state"] == _DRAFT:
        return str(tk.url_for(f"{record['type']}_resource.new", id=record["name"]))
    return _address("opensmartcity.transparency", record)
