"""Preparation of the portal: a load of the demo city that was interrupted begins again, and nothing else does."""

import itertools

import pytest
from ckanext.opensmartcity.portal import configuration, demo, postgres, prepare
from ckanext.opensmartcity.portal.service import Addresses

ADDRESSES = Addresses(database="postgresql://x", solr="", redis="")
CASES = list(itertools.product([True, False], repeat=5))


@pytest.mark.parametrize(("own", "tables", "loaded", "signed", "plugin"), CASES)
def test_only_an_unsigned_database_of_the_portal_that_is_half_full_is_emptied(
    tmp_path, monkeypatch, own, tables, loaded, signed, plugin
):
    monkeypatch.setattr(postgres, "has_tables", lambda url: tables)
    if own:
        monkeypatch.delenv(postgres.VARIABLE, raising=False)
    else:
        monkeypatch.setenv(postgres.VARIABLE, "postgresql://ckan@database.city.example/ckan")
    if loaded:
        (tmp_path / demo.STAMP).touch()
    if signed:
        configuration.signing_key(tmp_path).touch()
    plugins = "opensmartcity scheming_datasets" if plugin else "scheming_datasets"
    expected = own and tables and plugin and not loaded and not signed
    assert prepare.is_unfinished(tmp_path, ADDRESSES, plugins) is expected
