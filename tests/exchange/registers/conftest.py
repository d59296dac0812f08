"""Records of every register: real ones from the shared data, and complete ones made from the field lists."""

import pytest
from ckanext.opensmartcity.exchange.registers.reference_docs import read_samples
from support.eurocities import eurocities_records


@pytest.fixture(scope="session")
def real(shared_data):
    """Records of each register by its id."""
    return read_samples(shared_data) | {"eurocities": eurocities_records()}
