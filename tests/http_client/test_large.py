"""Answers as large as a catalogue: read in one pass, whole or up to what was wanted."""

import pytest
from ckanext.opensmartcity.http_client import Fetcher
from ckanext.opensmartcity.http_client.address_policy import read_doors
from support.misbehaving_server import serving

MB = 1024 * 1024
SIZE = 64 * MB


def large(connection, method, headers):
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(SIZE // MB):
        connection.sendall(b"x" * MB)


@pytest.mark.parametrize("most", [SIZE, SIZE - 1])
def test_a_large_answer_is_read_within_the_time_of_one_request(most):
    with serving({"/": large}) as server:
        answer = Fetcher("tests", read_doors(["127.0.0.0/8"])).fetch("GET", server.url("/", "127.0.0.1"), most=most)
    assert (len(answer.body), answer.cut) == (most, most < SIZE)
