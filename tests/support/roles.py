"""Permission matrix: all roles, the datasets that each may read, and a city with a user of each role."""

from ckan.tests import factories
from ckan.tests.helpers import call_action

ROLES = ("anonymous", "member", "editor", "admin", "other_member", "other_editor", "other_admin", "sysadmin")
OWN = frozenset({"member", "editor", "admin", "sysadmin"})
MAY_READ = {
    "public": frozenset(ROLES),
    "private": OWN,
    "draft": OWN,
    "deleted": OWN,
}


def make_people():
    """Create two organisations and a user of each role; return both organisations and the users by role."""
    users = {role: factories.UserWithToken() for role in ROLES[1:-1]}
    users["sysadmin"] = factories.SysadminWithToken()

    def organization(prefix):
        roles = ("member", "editor", "admin")
        people = [{"name": users[prefix + role]["name"], "capacity": role} for role in roles]
        return factories.Organization(users=people)

    return organization(""), organization("other_"), users


def tokens_of(users):
    """Return the request headers of each role."""
    return {"anonymous": {}, **{role: {"Authorization": user["token"]} for role, user in users.items()}}


def make_city():
    """Create two organisations, users and a dataset of each visibility; return the datasets and headers by role."""
    owner, _, users = make_people()
    first = owner["id"]
    datasets = {
        "public": factories.Dataset(owner_org=first),
        "private": factories.Dataset(owner_org=first, private=True),
        "draft": factories.Dataset(owner_org=first, state="draft"),
        "deleted": factories.Dataset(owner_org=first),
    }
    call_action("package_delete", id=datasets["deleted"]["id"])
    return datasets, tokens_of(users)


def assert_private_changes_are_invisible(seen, owner, **given):
    """Create, change and delete a private dataset and a draft; assert that `seen()` stays the same, and return it."""
    before = seen()
    made = [factories.Dataset(owner_org=owner, **given, **kind) for kind in ({"private": True}, {"state": "draft"})]
    assert seen() == before
    for dataset in made:
        call_action("package_patch", id=dataset["id"], title="Still secret")
        assert seen() == before
        call_action("package_delete", id=dataset["id"])
    assert seen() == before
    return before
