"""Secrets in the repository: detect-secrets finds none but the invented ones that .secrets.baseline lists."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASELINE = ROOT / ".secrets.baseline"
DETECT = Path(sys.executable).with_name("detect-secrets")
# Digests and signatures stand in every second file of a ledger, so entropy tells nothing here. No token is tried out.
OPTIONS = ["-n", "--slim", "--disable-plugin", "HexHighEntropyString", "--disable-plugin", "Base64HighEntropyString"]


def found(folder, *paths):
    command = [DETECT, "scan", *OPTIONS, "--exclude-files", r"\.(mo|png|svg)$|^\.secrets\.baseline$", *paths]
    printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return {
        (name, each["hashed_secret"]) for name, secrets in json.loads(printed)["results"].items() for each in secrets
    }


def allowed():
    results = json.loads(BASELINE.read_text(encoding="utf-8"))["results"]
    return {(name, each["hashed_secret"]) for name, secrets in results.items() for each in secrets}


def test_no_secret_is_in_the_repository():
    new = sorted(name for name, _ in found(ROOT) - allowed())
    assert new == [], "remove it; or, if it is invented, run: make secrets"


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        "url = https://editor:" + "gK3kx9vT2q@portal.example/",
        "password = " + "'gK3kx9vT2q'",
        "AWS = AKIA" + "QX7D4GZ2W5NLR3TP",
    ],
)
def test_a_secret_would_be_found(tmp_path, line):
    (tmp_path / "settings.ini").write_text(line + "\n")
    assert found(tmp_path, "--all-files", ".")
