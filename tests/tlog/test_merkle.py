"""Property tests of the Merkle tree and its tiles: valid proofs verify, altered ones do not."""

import hashlib
import itertools

import pytest
from ckanext.opensmartcity.tlog import merkle
from ckanext.opensmartcity.tlog import tiles as tlog_tiles
from ckanext.opensmartcity.tlog.merkle import InclusionVerifier
from ckanext.opensmartcity.tlog.tiles import MemoryTileStore
from hypothesis import given, settings
from hypothesis import strategies as st


def _leaves(size):
    return [hashlib.sha256(str(number).encode()).digest() for number in range(size)]


def _naive_root(leaves):
    """Root hash by the recursive definition of RFC 9162, 2.1.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return merkle.node_hash(_naive_root(leaves[:split]), _naive_root(leaves[split:]))


def _log(size):
    store = MemoryTileStore()
    tlog_tiles.append(store, 0, _leaves(size))
    return store


LEAVES = _leaves(70_000)
LARGE = _log(70_000)
SIZES = st.integers(1, 700) | st.integers(1, 70_000)


@st.composite
def inclusions(draw):
    size = draw(SIZES)
    return draw(st.integers(0, size - 1)), size


@st.composite
def consistencies(draw):
    new = draw(SIZES)
    return draw(st.integers(1, new)), new


@given(st.integers(0, 600))
def test_the_root_is_that_of_the_standard(size):
    assert merkle.root_of(_leaves(size)) == _naive_root(_leaves(size))


@given(SIZES)
def test_the_root_of_every_older_size_is_read_from_todays_tiles(size):
    assert tlog_tiles.root(LARGE, size) == merkle.root_of(LEAVES[:size])


@given(st.lists(st.integers(1, 700), max_size=6))
def test_batches_of_any_size_give_the_tiles_of_one_batch(batches):
    store, size = MemoryTileStore(), 0
    for batch in batches:
        size = tlog_tiles.append(store, size, LEAVES[size : size + batch])
    assert store == _log(size)
    assert tlog_tiles.root(store, size) == merkle.root_of(LEAVES[:size])


def test_tiles_have_the_shape_that_the_specification_gives_as_example():
    widths = {key: len(tile) // 32 for key, tile in LARGE.items()}
    assert sum(width == 256 for (level, _), width in widths.items() if level == 0) == 273
    assert widths[0, 273] == 112
    assert (widths[1, 0], widths[1, 1], widths[2, 0]) == (256, 17, 1)
    assert {key: len(tile) for key, tile in _log(256).items()} == {(0, 0): 8192, (1, 0): 32}


@given(inclusions())
def test_every_inclusion_proof_verifies(case):
    index, size = case
    proof = tlog_tiles.inclusion_proof(LARGE, index, size)
    assert merkle.verify_inclusion(index, size, LEAVES[index], proof, tlog_tiles.root(LARGE, size))


@given(consistencies())
def test_every_consistency_proof_verifies(case):
    old, new = case
    proof = tlog_tiles.consistency_proof(LARGE, old, new)
    assert merkle.verify_consistency(old, new, tlog_tiles.root(LARGE, old), proof, tlog_tiles.root(LARGE, new))


def test_all_proofs_of_all_small_logs():
    for size in range(1, 34):
        root = tlog_tiles.root(LARGE, size)
        for index in range(size):
            assert merkle.verify_inclusion(
                index, size, LEAVES[index], tlog_tiles.inclusion_proof(LARGE, index, size), root
            )
        for old in range(1, size + 1):
            proof = tlog_tiles.consistency_proof(LARGE, old, size)
            assert merkle.verify_consistency(old, size, tlog_tiles.root(LARGE, old), proof, root)


def _flipped(value, bit):
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")


@given(inclusions(), st.data())
@settings(max_examples=200)
def test_any_flipped_bit_breaks_an_inclusion_proof(case, data):
    index, size = case
    parts = [LEAVES[index], tlog_tiles.root(LARGE, size), *tlog_tiles.inclusion_proof(LARGE, index, size)]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = _flipped(parts[which], bit)
    leaf, root, *proof = parts
    assert not merkle.verify_inclusion(index, size, leaf, proof, root)


@given(consistencies(), st.data())
@settings(max_examples=200)
def test_any_flipped_bit_breaks_a_consistency_proof(case, data):
    old, new = case
    parts = [tlog_tiles.root(LARGE, old), tlog_tiles.root(LARGE, new), *tlog_tiles.consistency_proof(LARGE, old, new)]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = _flipped(parts[which], bit)
    old_root, new_root, *proof = parts
    assert not merkle.verify_consistency(old, new, old_root, proof, new_root)


@given(inclusions(), st.integers(-3, 70_003))
def test_an_inclusion_proof_verifies_for_its_index_only(case, other):
    index, size = case
    proof, root = tlog_tiles.inclusion_proof(LARGE, index, size), tlog_tiles.root(LARGE, size)
    assert merkle.verify_inclusion(other, size, LEAVES[index], proof, root) == (other == index)


@given(consistencies(), st.integers(-3, 70_003))
def test_a_consistency_proof_verifies_for_its_old_size_only(case, other):
    old, new = case
    proof = tlog_tiles.consistency_proof(LARGE, old, new)
    verdict = merkle.verify_consistency(other, new, tlog_tiles.root(LARGE, old), proof, tlog_tiles.root(LARGE, new))
    assert verdict == (other == old)


@given(inclusions(), st.integers(0, 70_000))
def test_a_proof_for_another_size_fails_against_the_root_of_that_size(case, other):
    index, size = case
    proof, root = tlog_tiles.inclusion_proof(LARGE, index, size), tlog_tiles.root(LARGE, other)
    assert merkle.verify_inclusion(index, other, LEAVES[index], proof, root) == (other == size)


@given(inclusions(), st.sampled_from(["first", "last", "more", "doubled"]))
def test_a_proof_with_missing_or_extra_hashes_fails(case, damage):
    index, size = case
    proof, root = tlog_tiles.inclusion_proof(LARGE, index, size), tlog_tiles.root(LARGE, size)
    damaged = {"first": proof[1:], "last": proof[:-1], "more": [*proof, root], "doubled": proof[:1] + proof}[damage]
    assert merkle.verify_inclusion(index, size, LEAVES[index], damaged, root) == (damaged == proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_there_is_no_proof_for_a_leaf_outside_the_log(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        tlog_tiles.inclusion_proof(LARGE, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_proof_from_nothing_or_backwards(old, new):
    with pytest.raises(ValueError, match="beginning"):
        tlog_tiles.consistency_proof(LARGE, old, new)


@given(consistencies())
def test_a_proof_reads_few_tiles(case):
    old, new = case
    counting = _CountingStore(LARGE)
    tlog_tiles.inclusion_proof(counting, old - 1, new)
    tlog_tiles.consistency_proof(counting, old, new)
    assert counting.reads <= 2
    assert counting.tiles <= 12


class _CountingStore(MemoryTileStore):
    reads = tiles = 0

    def read_tiles(self, keys):
        self.reads += 1
        self.tiles += len(set(keys))
        return super().read_tiles(keys)


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_damaged_tile_is_named_and_never_read_as_something_else(damage):
    store = _log(300)
    store[0, 1] = store[0, 1][:-32]
    if damage == "missing":
        del store[0, 1]
    with pytest.raises(tlog_tiles.TileDamaged, match="tile 1 of level 0"):
        tlog_tiles.inclusion_proof(store, 298, 300)
    with pytest.raises(tlog_tiles.TileDamaged, match="tile 1 of level 0"):
        tlog_tiles.append(store, 300, LEAVES[300:301])


def test_two_logs_of_the_same_leaves_in_another_order_differ():
    roots = {merkle.root_of(order) for order in itertools.permutations(LEAVES[:4])}
    assert len(roots) == 24


@given(st.integers(1, 70), st.data())
def test_the_inclusion_verifier_gives_the_same_verdicts_as_verify_inclusion(size, data):
    hashes, store = LEAVES[:size], _log(size)
    root = tlog_tiles.root(store, size)
    tree = InclusionVerifier(size, root)
    for _ in range(data.draw(st.integers(1, 12))):
        index = data.draw(st.integers(0, size - 1))
        proof, leaf = tlog_tiles.inclusion_proof(store, index, size), hashes[index]
        # Include hashes of other proofs: the cached path of the last proof must not make a wrong one valid.
        pool = [
            *hashes,
            *proof,
            *tlog_tiles.inclusion_proof(store, data.draw(st.integers(0, size - 1)), size),
            b"short",
        ]
        for _ in range(data.draw(st.integers(0, 2))):
            at = data.draw(st.integers(0, len(proof)))
            proof[at : at + data.draw(st.integers(0, 1))] = data.draw(st.lists(st.sampled_from(pool), max_size=1))
        leaf = data.draw(st.sampled_from([leaf, leaf, *pool]))
        index = data.draw(st.sampled_from([index, index, index, size, -1, *range(size)]))
        assert tree.verify(index, leaf, tuple(proof)) == merkle.verify_inclusion(index, size, leaf, proof, root)


def test_the_inclusion_verifier_does_not_let_a_known_path_vouch_for_another_proof():
    leaves, store = LEAVES[:8], _log(8)
    tree = InclusionVerifier(8, _naive_root(leaves))
    proofs = [tuple(tlog_tiles.inclusion_proof(store, index, 8)) for index in range(8)]
    assert tree.verify(0, leaves[0], proofs[0])
    # The sibling of the leaf is right, what follows is not: leaf 1 reaches the same node of the known path.
    forged = (proofs[1][0], *(bytes(32) for _ in proofs[1][1:]))
    assert not tree.verify(1, leaves[1], forged)
    assert tree.verify(1, leaves[1], proofs[1])


@pytest.mark.parametrize("leaf", [b"", b"x" * 31, b"x" * 33])
def test_the_inclusion_verifier_takes_hashes_only_as_leaves(leaf):
    """In a log of one leaf there is no proof whose hashes would be compared."""
    assert not InclusionVerifier(1, leaf).verify(0, leaf, ())
    assert not merkle.verify_inclusion(0, 1, leaf, [], leaf)


def test_a_tile_without_its_last_hash_is_damaged():
    store = _log(8)
    store[0, 0] = store[0, 0][: -merkle.HASH_BYTES]
    with pytest.raises(tlog_tiles.TileDamaged):
        tlog_tiles.root(store, 8)
