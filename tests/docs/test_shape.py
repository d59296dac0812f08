"""The package keeps its shape: few files of one concept each, names of the field, few helpers that are used once."""

from shape import measure

SHAPE = measure()


def test_the_package_has_few_files_of_a_readable_size():
    # The eleven features of version 0.1 had 275. Capabilities that were added since (registries, receipts, …)
    # bring files of their own: one concept a file matters more than few files.
    assert len(SHAPE.lines) <= 350
    assert SHAPE.median >= 95
    assert max(SHAPE.lines.values()) <= 420


def test_modules_are_named_by_nouns_and_names_do_not_repeat():
    assert SHAPE.gerunds == []
    assert SHAPE.frequent_names == {}


def test_few_private_functions_are_used_once():
    assert SHAPE.share_used_once <= 0.12
