"""Tables of the ledger: append-only triggers, and migrations by CKAN's own commands."""

import logging

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckan.logic import ValidationError
from ckan.tests import factories
from ckanext.opensmartcity.governance import model as governance_model
from ckanext.opensmartcity.governance.model import metadata
from ckanext.opensmartcity.ledger import change_capture
from ckanext.opensmartcity.ledger.model import actor
from sqlalchemy.exc import ProgrammingError
from support.ledger_events import act, bodies, chain_is_intact, summaries
from support.ledger_tables import migrate


@pytest.fixture
def dataset():
    return factories.Dataset(privacy_class="personal")["id"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE opensmartcity_event SET body = '{}'",
        "UPDATE opensmartcity_event SET public = true WHERE seq = -1",
        "DELETE FROM opensmartcity_event",
        "TRUNCATE opensmartcity_event CASCADE",
    ],
)
def test_the_database_refuses_to_change_an_event(dataset, statement):
    with (
        pytest.raises(ProgrammingError, match=r"Table opensmartcity_event only grows: [A-Z]+ is refused"),
        model.meta.engine.begin() as connection,
    ):
        connection.execute(sa.text(statement))
    assert len(bodies(dataset)) == 1


def test_forgetting_a_user_removes_the_mapping_and_nothing_else(cli, dataset):
    user, other = factories.User(), factories.Sysadmin()
    mine = act("package_create", user, name="mine", privacy_class="personal")["id"]
    act("package_patch", other, id=mine, privacy_class="non_personal")
    before = bodies(mine)
    result = cli.invoke(ckan, ["opensmartcity", "ledger", "forget-user", user["name"]])
    assert "Events that no longer say who acted: 1." in result.output
    assert bodies(mine) == before
    assert chain_is_intact(mine)
    kept = model.Session.scalars(sa.select(actor.c.user_id)).all()
    assert user["id"] not in kept
    assert other["id"] in kept
    history = act("governance_history", factories.Sysadmin(), id=mine)
    assert [event["actor"].get("user") for event in history["events"]] == [other["name"], None]


def test_a_user_who_does_not_exist_is_said_in_one_line(cli):
    result = cli.invoke(ckan, ["opensmartcity", "ledger", "forget-user", "nobody-at-all"])
    assert result.exit_code == 1
    assert result.output.strip().endswith("There is no user “nobody-at-all”.")


@pytest.fixture
def without_tables(cli, monkeypatch):
    """A portal whose administrator has not run the migrations."""
    model.Session.remove()
    result = cli.invoke(ckan, ["db", "downgrade", "-p", "opensmartcity"])
    assert "SUCCESS" in result.output, result.output
    monkeypatch.setattr(change_capture._Readiness, "tables", False)
    yield
    model.Session.remove()
    migrate()


def test_without_its_tables_the_portal_says_what_to_do_and_changes_nothing(
    dataset, without_tables, cli, caplog, monkeypatch
):
    # The command that dropped the tables has reconfigured logging.
    monkeypatch.setattr(change_capture.log, "disabled", False)
    with caplog.at_level(logging.WARNING):
        change_capture.start()
    assert caplog.messages == [change_capture.MISSING]
    with pytest.raises(ValidationError, match="ckan db upgrade"):
        act("package_patch", id=dataset, privacy_class="non_personal")
    with pytest.raises(ValidationError, match="ckan db upgrade"):
        act("dataset_purge", id=dataset)
    assert act("package_show", id=dataset)["privacy_class"] == "personal"
    result = cli.invoke(ckan, ["opensmartcity", "ledger", "baseline"])
    assert result.exit_code == 1
    assert "ckan db upgrade" in result.output


def test_without_its_tables_what_the_standard_does_not_know_is_left_alone(without_tables):
    user = factories.Sysadmin()
    other = act("package_create", user, name="not-ours", type="showcase")
    act("package_patch", user, id=other["id"], title="Changed")
    act("package_delete", user, id=other["id"])
    act("dataset_purge", user, id=other["id"])
    assert model.Package.get(other["id"]) is None


def test_an_existing_portal_is_brought_up_to_date_by_ckans_own_command(dataset, without_tables, cli):
    pending = cli.invoke(ckan, ["db", "pending-migrations"])
    assert "unapplied migrations for opensmartcity" in pending.output
    upgraded = cli.invoke(ckan, ["db", "upgrade"])
    assert "SUCCESS" in upgraded.output, upgraded.output
    assert governance_model.has_tables()
    act("package_patch", id=dataset, privacy_class="non_personal")
    assert [action for action, _, _ in summaries(dataset)] == ["baseline", "update"]


def test_the_migrations_make_what_the_model_says():
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with model.meta.engine.connect() as connection:
        options = {"include_name": lambda name, kind, parents: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)
    # Some rows go with their organisation or dataset: those keys lead to tables that our catalogue does not know.
    # Nor does it know the index of the words of stories: PostgreSQL and alembic write its expression differently.
    kept = ("group.id", "package.id", "opensmartcity_story_words")
    assert [each for each in differences if not any(name in str(each) for name in kept)] == []
