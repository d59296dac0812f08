"""Search for free ports on the loopback address."""

import socket

import pytest
from ckanext.opensmartcity.portal import service
from ckanext.opensmartcity.portal.common import PortalError


@pytest.fixture
def taken():
    """A port that something listens on."""
    with socket.socket() as listener:
        listener.bind((service.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_not_free(taken):
    assert not service.is_free(taken)


def test_the_next_free_port_follows_a_taken_one(taken):
    assert service.next_free_port(taken) > taken


def test_a_port_bound_on_every_address_is_not_free():
    with socket.socket() as listener:
        listener.bind(("", 0))
        listener.listen()
        assert not service.is_free(listener.getsockname()[1])


def test_a_port_chosen_by_the_system_is_free():
    assert service.is_free(service.free_port())


def test_no_free_port_is_one_line_with_a_remedy(taken):
    with pytest.raises(PortalError, match=r"No free port from \d+ on: set OSC_PORT"):
        service.next_free_port(taken, tries=1)
