"""All events of one HTTP request share one request id."""

from ckan.tests import factories
from support.ledger_events import bodies


def test_changes_of_one_request_share_its_id_and_other_requests_have_their_own(app):
    organization = factories.Organization()["id"]
    sysadmin = factories.SysadminWithToken()
    made = [factories.Dataset(owner_org=organization)["id"] for _ in range(2)]
    headers = {"Authorization": sysadmin["token"]}
    for _ in range(2):
        private = {"datasets": made, "org_id": organization}
        app.post("/api/action/bulk_update_private", json=private, headers=headers)
        app.post("/api/action/bulk_update_public", json=private, headers=headers)
    requests = [[body["request"] for body in bodies(dataset)[1:]] for dataset in made]
    assert requests[0] == requests[1]
    assert len(set(requests[0])) == 4
