"""Who may read what: every role, and a city with a user for each and a dataset of each kind."""

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
    """Return two organisations and the users of each role."""
    users = {role: factories.UserWithToken() for role in ROLES[1:-1]}
    users["sysadmin"] = factories.SysadminWithToken()

    def organization(prefix):
        roles = ("member", "editor", "admin")
        people = [{"name": users[prefix + role]["name"], "capacity": role} for role in roles]
        return factories.Organization(users=people)

    return organization(""), organization("other_"), users


def tokens_of(users):
    """Return the header with which each role acts."""
    return {"anonymous": {}, **{role: {"Authorization": user["token"]} for role, user in users.items()}}


def make_city():
    """Make two organisations, a user with a token for each role, and a dataset of each kind in the first of them."""
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


def see_that_secrets_change_nothing(seen, owner, **given):
    """Make, change and delete a private dataset and a draft, and see the same all along; return what is seen."""
    before = seen()
    made = [factories.Dataset(owner_org=owner, **given, **kind) for kind in ({"private": True}, {"state": "draft"})]
    assert seen() == before
    for each in made:
        call_action("package_patch", id=each["id"], title="Still secret")
        assert seen() == before
        call_action("package_delete", id=each["id"])
    assert seen() == before
    return before
