"""Records of every register: the real ones beside the project, and full ones written from the field lists."""

import pytest
from ckanext.opensmartcity.exchange.registers.reference_docs import read_samples
from support.eurocities import eurocities_records


@pytest.fixture(scope="session")
def real(shared_data):
    """The records of each register, by its name."""
    return read_samples(shared_data) | {"eurocities": eurocities_records()}
