"""Response of 64 MB: read within the deadline, whole or up to the maximum number of bytes."""

import pytest
from ckanext.opensmartcity.http_client import Fetcher
from ckanext.opensmartcity.http_client.address_policy import parse_allowed_hosts
from support.misbehaving_server import serving

MB = 1024 * 1024
SIZE = 64 * MB


def large(connection, method, headers):
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(SIZE // MB):
        connection.sendall(b"x" * MB)


@pytest.mark.parametrize("max_bytes", [SIZE, SIZE - 1])
def test_a_large_response_is_read_within_the_deadline(max_bytes):
    with serving({"/": large}) as server:
        response = Fetcher("tests", parse_allowed_hosts(["127.0.0.0/8"])).fetch(
            "GET", server.url("/", "127.0.0.1"), max_bytes=max_bytes
        )
    assert (len(response.body), response.truncated) == (max_bytes, max_bytes < SIZE)
