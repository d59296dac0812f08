"""Every failure that a person may cause is one line that names the thing and the remedy, and exit code 1."""

import socket

import pytest
from ckanext.opensmartcity.portal import service


def one_line(done):
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def nothing():
    """An address at which nothing answers."""
    return f"{service.HOST}:{service.any_free()}"


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_an_impossible_port(portal, port):
    assert "OSC_PORT=" in one_line(portal("serve", OSC_PORT=port))


def test_an_unreachable_database(portal, nothing):
    line = one_line(portal("serve", OSC_DATABASE_URL=f"postgresql://me:hidden@{nothing}/x"))
    assert "No PostgreSQL answers at OSC_DATABASE_URL=postgresql://me:***@" in line
    assert "hidden" not in line
    assert "unset OSC_DATABASE_URL" in line


def test_a_database_address_that_is_none(portal):
    assert "No PostgreSQL answers" in one_line(portal("serve", OSC_DATABASE_URL="rubbish"))


def test_an_unreachable_solr(portal, nothing):
    assert "No Solr core answers at OSC_SOLR_URL" in one_line(portal("serve", OSC_SOLR_URL=f"http://{nothing}/solr/x"))


def test_a_solr_address_that_is_none(portal):
    assert "No Solr core answers" in one_line(portal("serve", OSC_SOLR_URL="rubbish"))


def test_an_unreachable_redis(portal, nothing):
    assert "No Redis or Valkey answers" in one_line(portal("serve", OSC_REDIS_URL=f"redis://{nothing}/1"))


def test_a_redis_address_that_is_none(portal):
    assert "No Redis or Valkey answers" in one_line(portal("serve", OSC_REDIS_URL="rubbish"))


def test_a_data_folder_that_cannot_be_made(portal):
    assert "OSC_DATA" in one_line(portal("serve", OSC_DATA="/dev/null/portal"))


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("OSC_DATABASE_URL", "postgresql://ckan@127.0.0.1/ckan"),
        ("OSC_SOLR_URL", "http://127.0.0.1:8983/solr/ckan"),
        ("OSC_REDIS_URL", "redis://127.0.0.1:6379/0"),
    ],
)
def test_tests_never_empty_the_services_of_a_portal(portal, variable, url):
    line = one_line(portal("services", "--name", "test", "--", "true", **{variable: url}))
    assert f"{variable}" in line
    assert "would be emptied" in line


def test_a_port_held_by_another_program_is_passed_over(portal):
    with socket.socket() as listener:
        listener.bind((service.HOST, 0))
        listener.listen()
        assert service.next_free(listener.getsockname()[1]) != listener.getsockname()[1]
