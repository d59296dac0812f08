"""Prints the address of a copy of the test database, so that two runs of CKAN's tests do not empty each other's."""

import contextlib
import os
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg2

NAME = "ckan_beside"


def main():
    """Copy the database before anything is connected to it, and return the copy's address."""
    address = urlsplit(os.environ["CKAN_SQLALCHEMY_URL"])
    copy = urlunsplit(address._replace(path=f"/{NAME}"))
    server = psycopg2.connect(urlunsplit(address._replace(path="/postgres")))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f'CREATE DATABASE {NAME} TEMPLATE "{address.path.lstrip("/")}"')
    return copy


if __name__ == "__main__":
    # Where a second database may not be made, nothing is printed and one run does all.
    with contextlib.suppress(psycopg2.Error):
        sys.stdout.write(main())
