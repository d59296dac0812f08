"""`tlog` against a reference implementation of RFC 9162: all roots and proofs of all trees of up to 34 leaves."""

import itertools

import pytest
from ckanext.opensmartcity.tlog import merkle, tiles
from support import rfc9162_reference as reference

MAX_SIZE = 34
ENTRIES = [f"entry {number}".encode() for number in range(MAX_SIZE)]
LEAVES = [reference.leaf_hash(entry) for entry in ENTRIES]
ROOTS = [reference.tree_hash(ENTRIES[:size]) for size in range(MAX_SIZE + 1)]
SIZES = range(1, MAX_SIZE + 1)
# Entries and roots of the test data of Certificate Transparency, which many implementations share.
KNOWN_ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOTS = """
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()


@pytest.fixture(scope="module")
def store():
    made = tiles.MemoryTileStore()
    tiles.append(made, 0, LEAVES)
    return made


def damaged(proof, *others):
    """Every proof that differs from this one in one hash: altered, left out, added, or two swapped."""
    for at, value in enumerate(proof):
        yield [*proof[:at], bytes([value[0] ^ 1]) + value[1:], *proof[at + 1 :]]
        yield [*proof[:at], value[:-1], *proof[at + 1 :]]
        yield [*proof[:at], *proof[at + 1 :]]
        yield [*proof[:at], value, *proof[at:]]
    for other in (b"\0" * 32, *others):
        yield [other, *proof]
        yield [*proof, other]
    for one, two in itertools.pairwise(range(len(proof))):
        yield [*proof[:one], proof[two], proof[one], *proof[two + 1 :]]


@pytest.mark.parametrize("size", range(9))
def test_both_implementations_give_the_published_roots(size):
    entries = KNOWN_ENTRIES[:size]
    assert reference.tree_hash(entries).hex() == KNOWN_ROOTS[size]
    assert merkle.root_of(map(reference.leaf_hash, entries)).hex() == KNOWN_ROOTS[size]


@pytest.mark.parametrize("size", [0, *SIZES])
def test_roots_are_those_of_the_reference(size, store):
    assert merkle.root_of(LEAVES[:size]) == tiles.root(store, size) == ROOTS[size]


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_proofs_are_those_of_the_reference(size, store):
    for index in range(size):
        proof = reference.inclusion_path(index, ENTRIES[:size])
        assert tiles.inclusion_proof(store, index, size) == proof
        verifying = [
            at for at in range(-1, size + 2) if merkle.verify_inclusion(at, size, LEAVES[index], proof, ROOTS[size])
        ]
        assert verifying == [index]


@pytest.mark.parametrize("size", SIZES)
def test_damaged_inclusion_proofs_are_rejected(size):
    for index in range(size):
        proof = reference.inclusion_path(index, ENTRIES[:size])
        for wrong in damaged(proof, LEAVES[index], ROOTS[size]):
            assert not merkle.verify_inclusion(index, size, LEAVES[index], wrong, ROOTS[size])
        assert not merkle.verify_inclusion(index, size, LEAVES[index - 1] if size > 1 else b"", proof, ROOTS[size])
        assert not merkle.verify_inclusion(index, size, LEAVES[index], proof, ROOTS[size - 1])


@pytest.mark.parametrize("new", SIZES)
def test_consistency_proofs_are_those_of_the_reference(new, store):
    for old in range(1, new + 1):
        proof = reference.consistency_proof(old, ENTRIES[:new])
        assert tiles.consistency_proof(store, old, new) == proof
        verifying = [
            at for at in range(-1, new + 2) if merkle.verify_consistency(at, new, ROOTS[old], proof, ROOTS[new])
        ]
        assert verifying == [old]


@pytest.mark.parametrize("new", SIZES)
def test_damaged_consistency_proofs_are_rejected(new):
    for old in range(1, new + 1):
        proof = reference.consistency_proof(old, ENTRIES[:new])
        for wrong in damaged(proof, ROOTS[old], ROOTS[new]):
            assert not merkle.verify_consistency(old, new, ROOTS[old], wrong, ROOTS[new])
        assert not merkle.verify_consistency(old, new, ROOTS[old - 1], proof, ROOTS[new])
        assert not merkle.verify_consistency(old, new, ROOTS[old], proof, ROOTS[new - 1])


@pytest.mark.parametrize("size", range(1, 18))
def test_subtree_proofs_of_the_reference_verify_and_damaged_ones_do_not(size):
    entries = ENTRIES[:size]
    for start, end in itertools.combinations(range(size + 1), 2):
        subtree = reference.tree_hash(entries[start:end])
        if not reference.is_subtree(start, end):
            assert not merkle.verify_subtree((start, end), size, subtree, [], ROOTS[size])
            continue
        proof = reference.subtree_proof(start, end, entries)
        assert merkle.verify_subtree((start, end), size, subtree, proof, ROOTS[size])
        for wrong in damaged(proof, subtree, ROOTS[size]):
            assert not merkle.verify_subtree((start, end), size, subtree, wrong, ROOTS[size])
        for index in range(start, end):
            path = reference.inclusion_path(index - start, entries[start:end])
            assert merkle.verify_inclusion_in_subtree(index, (start, end), LEAVES[index], path, subtree)
            assert not merkle.verify_inclusion_in_subtree(index + 1, (start, end), LEAVES[index], path, subtree)
