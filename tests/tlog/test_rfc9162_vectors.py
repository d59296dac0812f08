"""Proofs of RFC 9162, good and damaged, get the verdict of their file: invented ones, and the 518 published ones."""

import base64
import json
from collections import Counter

import pytest
from ckanext.opensmartcity.tlog import merkle
from support.metadata import INVENTED


def _bytes(text):
    return base64.b64decode(text or "")


def _inclusion(case, proof):
    return merkle.verify_inclusion(case["leafIdx"], case["treeSize"], case["leafHash"], proof, case["root"])


def _consistency(case, proof):
    return merkle.verify_consistency(case["size1"], case["size2"], case["root1"], proof, case["root2"])


def _subtree_inclusion(case, proof):
    subtree = case["start"], case["end"]
    return merkle.verify_inclusion_in_subtree(case["leafIdx"], subtree, case["leafHash"], proof, case["root"])


def _subtree_consistency(case, proof):
    subtree = case["start"], case["end"]
    return merkle.verify_subtree(subtree, case["size"], case["root1"], proof, case["root2"])


VERIFIERS = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "subtreeinclusion": _subtree_inclusion,
    "subtreeconsistency": _subtree_consistency,
}


@pytest.fixture(scope="module")
def cases(metadata):
    """Each case by its path, with its kind."""
    folder = metadata / "rfc9162-vectors" / "testdata"
    return {
        str(path.relative_to(folder)): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.json"))
    }


def _accepted(path, case):
    hashes = {key: _bytes(value) for key, value in case.items() if key in {"root", "root1", "root2", "leafHash"}}
    proof = [_bytes(text) for text in case["proof"] or []]
    return VERIFIERS[path.split("/")[0]]({**case, **hashes}, proof)


def test_there_are_cases_of_four_kinds(cases, metadata):
    kinds = Counter(path.split("/")[0] for path in cases)
    assert sum(kinds.values()) == (100 if metadata == INVENTED else 518)
    assert set(kinds) == set(VERIFIERS)


def test_both_verdicts_are_asked_for(cases):
    assert Counter(case["wantErr"] for case in cases.values()).keys() == {True, False}


def test_every_case_gets_the_verdict_of_its_file(cases):
    wrong = [path for path, case in cases.items() if _accepted(path, case) == case["wantErr"]]
    assert wrong == []
