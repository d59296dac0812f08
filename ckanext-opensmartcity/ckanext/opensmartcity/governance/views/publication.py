"""Last page before a draft is published: what becomes public, what is missing, and who will be able to see it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.navl.dictization_functions import DataError, unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from ckan.views import resource
from flask.sansio.blueprints import BlueprintSetupState
from flask.views import MethodView

from ... import config
from ...standard.model import DATASET
from ...views.http import page_blueprint, require_csrf_token
from .form import check_record, editable_record, refuse

blueprint = page_blueprint("opensmartcity_publication", __name__)
require_csrf_token(blueprint)

# Hidden input on the page of the data, whose last button leads here instead of publishing at once.
REVIEW_MARK = "opensmartcity_review"


class Publication(MethodView):
    """Preview of a publication, and the choice of its visibility."""

    def get(self, package_type: str, id: str) -> Any:
        """Show what becomes public; redirect to a record that is published already."""
        record = editable_record(id)
        if record["state"] != "draft":
            return tk.redirect_to(f"{record['type']}.read", id=record["name"])
        return _show(record, bool(record["private"]))

    def post(self, package_type: str, id: str) -> Any:
        """Publish for everybody or for the organisation, as chosen."""
        record, visibility = editable_record(id), tk.request.form.get("visibility")
        if visibility not in ("public", "private"):
            error = {"visibility": [tk._("Choose who may see it.")]}
            return _show(record, bool(record["private"]), error)
        private = visibility == "private"
        try:
            changes = {"id": record["id"], "state": "active", "private": private}
            tk.get_action("package_patch")({}, changes)
        except tk.NotAuthorized:
            return refuse()
        except tk.ValidationError as error:
            return _show(record, private, error.error_dict)
        if private:
            tk.h.flash_success(tk._("Saved. Only members of your organisation can see it."))
        else:
            tk.h.flash_success(tk._("Published. Everybody can see it."))
        return tk.redirect_to(f"{record['type']}.read", id=record["name"])


blueprint.add_url_rule("/<governed:package_type>/<id>/governance/publish", view_func=Publication.as_view("publication"))


def _show(record: dict[str, Any], private: bool, errors: dict[str, Any] | None = None) -> str:
    checked = check_record(record)
    fields = [field for group in checked["groups"] for field in group["fields"]]
    kind = config.standard().types[record["type"]]
    values = {"record": record, "pkg_dict": record, "checked": checked, "private": private, "errors": errors or {}}
    values |= {"answered": [field for field in fields if field["state"] == "stated"]}
    values |= {"page_of": {field.name: group.id for group in kind.groups for field in group.fields}}
    values |= {"labels": {field["name"]: field["label"] for field in fields}}
    values |= {"enforcement": config.enforcement()}
    return str(tk.render("opensmartcity/publication.html", values))


class NewResource(resource.CreateView):
    """Page of the data of a draft, whose last button leads to the publication page."""

    def post(self, package_type: str, id: str) -> Any:
        """Save the resource and redirect to the publication page; leave all other forms and buttons to CKAN."""
        form = tk.request.form
        try:
            # CKAN's view takes for granted that its form sent both.
            if "save" not in form or "id" not in form:
                raise DataError("Not the form of a resource")
            if REVIEW_MARK in form and form["save"] == "go-metadata":
                return self._save_and_review(package_type, id)
            return super().post(package_type, id)
        except DataError:
            return tk.abort(400, tk._("Integrity Error"))
        except tk.ValidationError as error:
            # CKAN 2.11 does not expect that a draft with a stored resource is refused.
            return self.get(package_type, id, {}, error.error_dict, error.error_summary)

    def _save_and_review(self, package_type: str, id: str) -> Any:
        data: dict[str, Any] = clean_dict(unflatten(tuplize_dict(parse_params(tk.request.form))))
        data |= clean_dict(unflatten(tuplize_dict(parse_params(tk.request.files))))
        unstored = {"save", REVIEW_MARK, tk.config["WTF_CSRF_FIELD_NAME"]}
        given = {key: value for key, value in data.items() if key not in unstored}
        resource_id = given.pop("id", None)
        if any(value for key, value in given.items() if key != "resource_type"):
            action = "resource_update" if resource_id else "resource_create"
            try:
                tk.get_action(action)({}, given | {"package_id": id} | ({"id": resource_id} if resource_id else {}))
            except tk.ValidationError as error:
                return self.get(package_type, id, given, error.error_dict, error.error_summary)
            except tk.NotAuthorized:
                return refuse()
            except tk.ObjectNotFound:
                return tk.abort(404, tk._("Dataset not found"))
        return tk.redirect_to("opensmartcity_publication.publication", package_type=package_type, id=id)


def _add_routes(state: BlueprintSetupState) -> None:
    """Add the route of the form of a resource for each type of dataset, in front of CKAN's."""
    for name in config.standard().types_of(DATASET):
        view, options = NewResource.as_view("new_resource"), {"defaults": {"package_type": name}, "methods": ["POST"]}
        state.add_url_rule(f"/{name}/<id>/resource/new", f"new_resource_{name}", view, **options)


blueprint.record(_add_routes)
