"""Recorder: every way to change a governed answer is recorded exactly, and nothing else."""

import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search import SearchIndexError
from ckan.logic import NotAuthorized, ValidationError
from ckan.tests import factories
from ckanext.opensmartcity.ledger.model import actor, event
from support.ckan_version import IS_2_11
from support.ledger_events import act, bodies, chain_is_intact, changes, last, summaries

pytestmark = pytest.mark.usefixtures("with_request_context")


@pytest.fixture
def organization():
    return factories.Organization()["id"]


@pytest.fixture
def dataset(organization):
    """A public dataset with one resource and one answer."""
    return factories.Dataset(
        owner_org=organization, privacy_class="personal", resources=[{"url": "https://data.example.org/a.csv"}]
    )


def since(subject, before):
    """Return the changes of a subject recorded after a number of events."""
    return summaries(subject)[before:]


def test_a_new_dataset_is_told_with_all_its_answers(organization):
    made = factories.Dataset(
        owner_org=organization, privacy_class="personal", sovereignty_storage_countries=["NL", "BE"]
    )
    assert summaries(made["id"]) == [
        (
            "create",
            True,
            {
                "owner_org": (None, organization),
                "private": (None, False),
                "state": (None, "active"),
                "privacy_class": (None, "personal"),
                "sovereignty_storage_countries": (None, ["BE", "NL"]),
            },
        )
    ]
    assert chain_is_intact(made["id"])


@pytest.mark.parametrize("door", ["package_patch", "package_update", "package_revise"])
def test_an_answer_that_changes_is_told_once_by_every_door(dataset, door):
    if door == "package_revise":
        act(door, match={"id": dataset["id"]}, update={"privacy_class": "non_personal"})
    else:
        whole = dataset if door == "package_update" else {"id": dataset["id"]}
        act(door, **whole | {"privacy_class": "non_personal"})
    assert since(dataset["id"], 1) == [("update", True, {"privacy_class": ("personal", "non_personal")})]
    assert chain_is_intact(dataset["id"])


def test_what_is_not_governed_is_not_told(dataset):
    act("package_patch", id=dataset["id"], title="Other", notes="Other", tags=[{"name": "bicycles"}])
    act("resource_create", package_id=dataset["id"], url="https://data.example.org/b.csv")
    act("resource_patch", id=dataset["resources"][0]["id"], name="Counts")
    act("resource_delete", id=dataset["resources"][0]["id"])
    act("package_patch", id=dataset["id"], privacy_class="personal")
    act("package_show", id=dataset["id"])
    assert since(dataset["id"], 1) == []


def test_a_harvest_like_update_that_drops_fields_tells_what_is_gone(dataset, organization):
    act("package_update", id=dataset["id"], name=dataset["name"], owner_org=organization, license_id="cc-by")
    assert since(dataset["id"], 1) == [
        ("update", True, {"license_id": (None, "cc-by"), "privacy_class": ("personal", None)})
    ]


def test_an_update_that_takes_the_owner_away_tells_a_move(dataset, organization):
    act("package_update", id=dataset["id"], name=dataset["name"], privacy_class="personal", owner_org="")
    assert since(dataset["id"], 1) == [("move", True, {"owner_org": (organization, None)})]


def test_declared_questions_are_told_one_by_one(dataset):
    unknown = {"state": "unknown"}
    act("package_patch", id=dataset["id"], governance_declared={"retention_type": unknown})
    act("package_patch", id=dataset["id"], governance_declared={"retention_type": unknown, "ownership_owner": unknown})
    assert [changes for _, _, changes in since(dataset["id"], 1)] == [
        {"governance_declared": (None, {"retention_type": unknown})},
        {"governance_declared": (None, {"ownership_owner": unknown})},
    ]


def test_a_draft_is_told_to_those_who_may_see_it_until_it_is_published(organization):
    draft = factories.Dataset(owner_org=organization, state="draft", privacy_class="personal")
    act("package_patch", id=draft["id"], state="active", privacy_class="non_personal")
    assert [(action, public) for action, public, _ in summaries(draft["id"])] == [
        ("create", False),
        ("update", False),
        ("visibility", True),
    ]


def test_what_changes_together_with_becoming_private_is_told_in_private(dataset):
    act("package_patch", id=dataset["id"], private=True, privacy_class="non_personal")
    assert since(dataset["id"], 1) == [
        ("visibility", True, {"private": (False, True)}),
        ("update", False, {"privacy_class": ("personal", "non_personal")}),
    ]
    one, two = bodies(dataset["id"])[1:]
    assert one["request"] == two["request"]
    assert chain_is_intact(dataset["id"])


def test_what_was_said_in_private_is_not_in_the_event_that_publishes(organization):
    made = factories.Dataset(owner_org=organization, private=True, privacy_class="personal")
    act("package_patch", id=made["id"], private=False, privacy_class="non_personal")
    assert since(made["id"], 1) == [
        ("update", False, {"privacy_class": ("personal", "non_personal")}),
        ("visibility", True, {"private": (True, False)}),
    ]


def test_deleting_restoring_and_purging_are_told(dataset):
    act("package_delete", id=dataset["name"])
    act("package_patch", id=dataset["id"], state="active")
    act("package_delete", id=dataset["id"])
    act("dataset_purge", id=dataset["name"], reason="Moved to the region.")
    assert since(dataset["id"], 1) == [
        ("delete", True, {"state": ("active", "deleted")}),
        ("restore", True, {"state": ("deleted", "active")}),
        ("delete", True, {"state": ("active", "deleted")}),
        ("purge", True, {"reason": (None, "Moved to the region.")}),
    ]
    assert chain_is_intact(dataset["id"])


def test_a_public_dataset_that_is_purged_at_once_is_one_event(dataset):
    act("dataset_purge", id=dataset["id"])
    assert since(dataset["id"], 1) == [("purge", True, {})]


def test_a_dataset_made_again_under_the_id_of_a_purged_one_goes_on_with_its_history(dataset):
    act("dataset_purge", id=dataset["id"])
    act("package_create", id=dataset["id"], name=dataset["name"], privacy_class="non_personal")
    assert [action for action, _, _ in summaries(dataset["id"])] == ["create", "purge", "create"]
    assert chain_is_intact(dataset["id"])


def test_an_owner_that_changes_by_its_own_action_is_told(dataset, organization):
    other = factories.Organization()["id"]
    act("package_owner_org_update", id=dataset["id"], organization_id=other)
    act("package_owner_org_update", id=dataset["id"], organization_id=other)
    assert since(dataset["id"], 1) == [("move", True, {"owner_org": (organization, other)})]


def test_an_owner_changed_for_a_later_commit_is_told_with_it(dataset, organization):
    other = factories.Organization()["id"]
    context = {"ignore_auth": True, "defer_commit": True}
    model.Session.remove()
    from ckan.tests.helpers import call_action  # noqa: PLC0415

    call_action("package_owner_org_update", context, id=dataset["id"], organization_id=other)
    model.repo.commit()
    assert since(dataset["id"], 1) == [("move", True, {"owner_org": (organization, other)})]


def test_bulk_actions_tell_each_dataset_under_one_id(organization):
    sysadmin = factories.Sysadmin()
    made = [factories.Dataset(owner_org=organization)["id"] for _ in range(3)]
    app_actions = (
        ("bulk_update_private", "visibility", {"private": (False, True)}),
        ("bulk_update_public", "visibility", {"private": (True, False)}),
        ("bulk_update_delete", "delete", {"state": ("active", "deleted")}),
    )
    for number, (action, name, changed) in enumerate(app_actions, 1):
        act(action, sysadmin, datasets=made, org_id=organization)
        for dataset in made:
            assert summaries(dataset)[number] == (name, True, changed)
            assert len(bodies(dataset)) == number + 1
    assert len({last(dataset)["request"] for dataset in made}) == 1


def test_a_new_name_or_title_of_an_organisation_is_told_once(organization, dataset):
    before = act("organization_show", id=organization)
    act("organization_patch", id=before["name"], title="Streets and Bicycles")
    act("organization_patch", id=organization, description="We mend them.")
    act("organization_patch", id=organization, name="streets-and-bicycles")
    assert summaries(organization) == [
        ("rename", True, {"title": (before["title"], "Streets and Bicycles")}),
        ("rename", True, {"name": (before["name"], "streets-and-bicycles")}),
    ]
    assert chain_is_intact(organization)
    assert since(dataset["id"], 1) == []


@pytest.mark.parametrize("end", ["organization_delete", "organization_purge"])
def test_an_organisation_that_goes_leaves_its_datasets_without_an_owner(dataset, organization, end):
    act(end, id=organization)
    assert since(dataset["id"], 1) == [("move", True, {"owner_org": (organization, None)})]


@pytest.mark.ckan_config("ckan.auth.allow_dataset_collaborators", True)
def test_collaborators_are_told_by_number_and_never_by_name(dataset):
    one, two = factories.User(), factories.User()
    for user, capacity in ((one, "editor"), (one, "editor"), (two, "member"), (two, "editor")):
        act("package_collaborator_create", id=dataset["name"], user_id=user["name"], capacity=capacity)
    act("package_collaborator_delete", id=dataset["id"], user_id=one["id"])
    act("user_delete", id=two["name"])
    counts = [{"editor": 1}, {"editor": 1, "member": 1}, {"editor": 2}, {"editor": 1}]
    steps = zip([None, *counts], [*counts, None], strict=True)
    assert since(dataset["id"], 1) == [("access", True, {"collaborators": step}) for step in steps]
    assert chain_is_intact(dataset["id"])


def test_algorithms_are_governed_and_types_that_the_standard_does_not_know_are_not(organization):
    algorithm = factories.Dataset(type="algorithm", owner_org=organization, algorithm_purpose="To find parking places.")
    assert last(algorithm["id"])["subject"] == {"type": "algorithm", "id": algorithm["id"]}
    other = factories.Dataset(type="showcase", owner_org=organization)
    act("package_patch", id=other["id"], private=True)
    act("package_delete", id=other["id"])
    act("dataset_purge", id=other["id"])
    assert summaries(other["id"]) == []


def rows():
    total = model.Session.scalar(sa.select(sa.func.count()).select_from(event))
    model.Session.rollback()
    return total


def test_a_transaction_that_fails_leaves_no_event(dataset, monkeypatch):
    before = rows()

    def broken(*args, **kwargs):
        raise SearchIndexError("down")

    with monkeypatch.context() as patch:
        name = "lib.search.index.PackageSearchIndex.index_package" if IS_2_11 else "logic.index_update_package_dicts"
        patch.setattr(f"ckan.{name}", broken)
        with pytest.raises(SearchIndexError):
            act("package_patch", id=dataset["id"], privacy_class="non_personal")
    model.Session.rollback()
    with pytest.raises(ValidationError):
        act("package_patch", id=dataset["id"], privacy_class="no such code")
    with pytest.raises(NotAuthorized):
        act("package_patch", factories.User(), id=dataset["id"], privacy_class="non_personal")
    model.Session.rollback()
    assert rows() == before


def test_an_event_that_cannot_be_written_undoes_the_change(dataset, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("ckanext.opensmartcity.ledger.model.events.append", full)
        with pytest.raises(OSError, match="No space"):
            act("package_patch", id=dataset["id"], privacy_class="non_personal")
    model.Session.remove()
    assert model.Package.get(dataset["id"]).extras["privacy_class"] == "personal"
    assert since(dataset["id"], 1) == []


def test_an_event_holds_no_more_than_governed_answers(organization):
    secret = "A telling title"
    made = factories.Dataset(
        owner_org=organization, title=secret, notes=secret, maintainer=secret, resources=[{"url": "x", "name": secret}]
    )
    act("package_patch", id=made["id"], title=secret + "!", privacy_class="personal")
    stored = model.Session.scalars(sa.select(event.c.body).where(event.c.subject_id == made["id"])).all()
    assert not any(secret in body for body in stored)


def test_the_standard_in_force_is_named(dataset):
    act("package_patch", id=dataset["id"], privacy_class="non_personal")
    standard = act("governance_standard_show")
    assert last(dataset["id"])["standard"] == {"version": standard["version"], "digest": standard["digest"]}


class TestRole:
    """Events name the role of the actor; the user is in a separate row that can be erased."""

    @pytest.fixture
    def team(self):
        return {name: factories.User() for name in ("admin", "editor", "member", "outsider")}

    @pytest.fixture
    def owner(self, team):
        users = [{"name": team[name]["name"], "capacity": name} for name in ("admin", "editor", "member")]
        return factories.Organization(users=users)

    @pytest.fixture
    def owned(self, owner):
        return factories.Dataset(owner_org=owner["id"])["id"]

    def by(self, subject):
        body = last(subject)
        return body["by"]["role"], body["by"]["organization"]

    @pytest.mark.parametrize("role", ["admin", "editor"])
    def test_of_the_organisation(self, team, owner, owned, role):
        act("package_patch", team[role], id=owned, privacy_class="personal")
        assert self.by(owned) == (role, owner["name"])

    def test_of_a_sysadmin(self, owned):
        act("package_patch", factories.Sysadmin(), id=owned, privacy_class="personal")
        assert self.by(owned) == ("sysadmin", None)

    @pytest.mark.ckan_config("ckan.auth.allow_dataset_collaborators", True)
    def test_of_a_collaborator(self, team, owned):
        act("package_collaborator_create", id=owned, user_id=team["outsider"]["id"], capacity="editor")
        act("package_patch", team["outsider"], id=owned, privacy_class="personal")
        assert self.by(owned) == ("collaborator", None)

    def test_of_whoever_made_a_dataset_without_organisation(self, team):
        made = act("package_create", team["outsider"], name=f"mine-{uuid.uuid4()}")["id"]
        assert self.by(made) == ("creator", None)

    def test_of_an_organisation_above(self, team, owner):
        below = factories.Organization(groups=[{"name": owner["name"]}])
        made = factories.Dataset(owner_org=below["id"])["id"]
        act("package_patch", team["admin"], id=made, privacy_class="personal")
        assert self.by(made) == ("admin", below["name"])

    def test_of_the_portal_itself(self, owned):
        act("package_patch", id=owned, privacy_class="personal")
        assert self.by(owned) == ("system", None)
        site = act("get_site_user")
        act("package_patch", site, id=owned, privacy_class="non_personal")
        assert self.by(owned) == ("system", None)

    @pytest.mark.ckan_config("ckan.auth.anon_create_dataset", True)
    def test_of_a_visitor(self):
        made = act("package_create", {"name": ""}, name=f"anonymous-{uuid.uuid4()}")["id"]
        assert self.by(made) == ("anonymous", None)

    def test_the_user_stands_beside_the_event_with_a_salt_of_its_own(self, team, owned):
        from ckanext.opensmartcity.ledger_format.event import commitment  # noqa: PLC0415

        for answer in ("personal", "non_personal"):
            act("package_patch", team["editor"], id=owned, privacy_class=answer)
        mapped = model.Session.execute(sa.select(actor).where(actor.c.user_id == team["editor"]["id"])).all()
        written = [body["by"]["actor"] for body in bodies(owned)[1:]]
        assert [commitment(row.salt, row.user_id) for row in mapped] == written
        assert len(set(written)) == 2
        assert not any(team["editor"]["id"] in str(body) for body in bodies(owned))


def test_what_changed_is_told_as_it_stands_when_it_is_committed(dataset):
    """Two saves in one transaction give one event."""
    from ckan.tests.helpers import call_action  # noqa: PLC0415

    model.Session.remove()
    for answer in ("non_personal", "pseudonymised"):
        context = {"ignore_auth": True, "defer_commit": True, "return_id_only": True}
        call_action("package_patch", context, id=dataset["id"], privacy_class=answer)
    model.repo.commit()
    assert [changes(body) for body in bodies(dataset["id"])[1:]] == [{"privacy_class": ("personal", "pseudonymised")}]
