"""User errors: one line that names the cause and the remedy, and exit code 1."""

import socket

import pytest
from ckanext.opensmartcity.portal import service


def single_error_line(completed):
    """Assert that a command failed with one line on standard error; return the line."""
    assert completed.returncode == 1
    assert completed.stdout == ""
    assert completed.stderr.count("\n") == 1
    return completed.stderr


@pytest.fixture
def closed_address():
    """HOST:PORT at which nothing listens."""
    return f"{service.HOST}:{service.free_port()}"


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_an_impossible_port(portal, port):
    assert "OSC_PORT=" in single_error_line(portal("serve", OSC_PORT=port))


def test_an_unreachable_database(portal, closed_address):
    line = single_error_line(portal("serve", OSC_DATABASE_URL=f"postgresql://me:hidden@{closed_address}/x"))
    assert "No PostgreSQL answers at OSC_DATABASE_URL=postgresql://me:***@" in line
    assert "hidden" not in line
    assert "unset OSC_DATABASE_URL" in line


def test_a_database_address_that_is_none(portal):
    assert "No PostgreSQL answers" in single_error_line(portal("serve", OSC_DATABASE_URL="rubbish"))


def test_an_unreachable_solr(portal, closed_address):
    assert "No Solr core answers at OSC_SOLR_URL" in single_error_line(
        portal("serve", OSC_SOLR_URL=f"http://{closed_address}/solr/x")
    )


def test_a_solr_address_that_is_none(portal):
    assert "No Solr core answers" in single_error_line(portal("serve", OSC_SOLR_URL="rubbish"))


def test_an_unreachable_redis(portal, closed_address):
    assert "No Redis or Valkey answers" in single_error_line(
        portal("serve", OSC_REDIS_URL=f"redis://{closed_address}/1")
    )


def test_a_redis_address_that_is_none(portal):
    assert "No Redis or Valkey answers" in single_error_line(portal("serve", OSC_REDIS_URL="rubbish"))


def test_a_data_folder_that_cannot_be_made(portal):
    assert "OSC_DATA" in single_error_line(portal("serve", OSC_DATA="/dev/null/portal"))


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("OSC_DATABASE_URL", "postgresql://ckan@127.0.0.1/ckan"),
        ("OSC_SOLR_URL", "http://127.0.0.1:8983/solr/ckan"),
        ("OSC_REDIS_URL", "redis://127.0.0.1:6379/0"),
    ],
)
def test_tests_never_empty_the_services_of_a_portal(portal, variable, url):
    line = single_error_line(portal("services", "--name", "test", "--", "true", **{variable: url}))
    assert f"{variable}" in line
    assert "would be emptied" in line


def test_a_port_held_by_another_program_is_passed_over(portal):
    with socket.socket() as listener:
        listener.bind((service.HOST, 0))
        listener.listen()
        assert service.next_free_port(listener.getsockname()[1]) != listener.getsockname()[1]
