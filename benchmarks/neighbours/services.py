"""Databases, index and queue of the city's portal, on the services that `make neighbours` has started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import requests
from ckanext.opensmartcity.portal.common import secret
from psycopg2 import sql

MAIN, STORE, READER = "neighbours", "neighbours_store", "neighbours_reader"


def prepare(folder: Path) -> Mapping[str, str]:
    """Create empty databases and empty the index; return the options of CKAN that name them.

    `folder` holds the password of PostgreSQL's superuser, who alone may create the reader of the DataStore.
    """
    address = urlsplit(os.environ["CKAN_SQLALCHEMY_URL"])
    password = secret(folder, "postgres")
    superuser = address._replace(netloc=f"postgres:{password}@{address.hostname}:{address.port}")
    with closing(psycopg2.connect(superuser._replace(path="/postgres").geturl())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for database in (MAIN, STORE):
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
                owner = sql.Identifier(str(address.username))
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), owner))
            cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(READER)))
            role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            cursor.execute(role.format(sql.Identifier(READER), sql.Literal(password)))
    solr = os.environ["CKAN_SOLR_URL"]
    requests.post(f"{solr}/update?commit=true", json={"delete": {"query": "*:*"}}, timeout=60).raise_for_status()
    reader = address._replace(netloc=f"{READER}:{password}@{address.hostname}:{address.port}")
    return {
        "sqlalchemy.url": address._replace(path=f"/{MAIN}").geturl(),
        "ckan.datastore.write_url": address._replace(path=f"/{STORE}").geturl(),
        "ckan.datastore.read_url": reader._replace(path=f"/{STORE}").geturl(),
        "solr_url": solr,
        "ckan.redis.url": os.environ["CKAN_REDIS_URL"],
    }


def set_permissions(folder: Path, options: Mapping[str, str], script: str) -> None:
    """Run the script of `ckan datastore set-permissions` as PostgreSQL's superuser."""
    address = urlsplit(options["ckan.datastore.write_url"])
    superuser = address._replace(netloc=f"postgres:{secret(folder, 'postgres')}@{address.hostname}:{address.port}")
    statements = "\n".join(line for line in script.splitlines() if not line.startswith("\\connect"))
    with closing(psycopg2.connect(superuser.geturl())) as connection, connection.cursor() as cursor:
        cursor.execute(statements)
        connection.commit()
