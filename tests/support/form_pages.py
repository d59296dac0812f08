"""Open, fill in and submit the pages of the governance form in tests."""

from bs4 import BeautifulSoup
from ckan import model
from ckan.tests.helpers import call_action


def soup_of(answer):
    return BeautifulSoup(answer.body, "html.parser")


def form(app, steward, path="/dataset/new"):
    return soup_of(app.get(path, headers={"Authorization": steward["token"]}))


def page(dataset, group, kind="dataset"):
    return f"/{kind}/{dataset['name']}/governance/{group}"


def send(app, steward, path, **data):
    headers = {"Authorization": steward["token"]}
    return app.post(path, data={"save": "", **data}, headers=headers, follow_redirects=False)


def shown(dataset):
    model.Session.expire_all()
    return call_action("package_show", id=dataset["id"])


def values_of(soup):
    """Return the fields that a browser would submit if the form was saved unchanged."""
    fields = {}
    for node in soup.select("#dataset-edit, #osc-page")[0].select("input[name], textarea[name]"):
        if node.get("type") in ("checkbox", "radio") and not node.has_attr("checked"):
            continue
        # Hidden template of a further entry, which scheming's script takes out.
        if "-REPEATING-INDEX" in node["name"]:
            continue
        fields.setdefault(node["name"], []).append(
            node.text.removeprefix("\n") if node.name == "textarea" else node.get("value", "")
        )
    for node in soup.select("#dataset-edit select[name], #osc-page select[name]"):
        chosen = [option["value"] for option in node.select("option[selected]")]
        if not chosen and not node.has_attr("multiple"):
            chosen = [node.select_one("option")["value"]]
        if chosen:
            fields.setdefault(node["name"], []).extend(chosen)
    return fields


def changed(before, after):
    keys = before | after
    return {key for key in keys if (before.get(key) or None) != (after.get(key) or None)} - {"metadata_modified"}
