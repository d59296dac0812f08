"""Records of every register: invented ones, real ones where present, and full ones written from the field lists."""

import pytest
from ckanext.opensmartcity.exchange.registers.reference_docs import read_samples
from support.eurocities import eurocities_records


@pytest.fixture(scope="module")
def samples(metadata):
    """Return the records of each register by its name, first the invented ones, then the real ones."""
    return read_samples(metadata) | {"eurocities": eurocities_records()}
