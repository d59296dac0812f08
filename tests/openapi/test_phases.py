"""Schemathesis against the served portal, in all its phases: examples, boundary values, random and chained requests."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


# Schemathesis knows one base for all paths, and leaves out the `servers` of a path (OpenAPI 3.1, 4.8.9).
# Health answers 503 by design, as it does on this portal without a worker: see test_openapi.
@pytest.mark.parametrize(
    ("base", "chosen", "pattern", "is_chosen"),
    [
        ("/api/3/action", "--exclude-path-regex", "{type}|^/transparency/", lambda path: path.count("/") == 1),
        ("", "--include-path-regex", "{type}|/metrics$", lambda path: "{type}" in path or path.endswith("/metrics")),
    ],
    ids=["actions", "records"],
)
def test_no_phase_breaks_the_portal_or_surprises_the_document(portal, tmp_path, base, chosen, pattern, is_chosen):
    # As a sysadmin: others are refused before most of the code is reached.
    token = portal.logins["sysadmin"]["token"]
    command = [SCHEMATHESIS, "run", f"{portal.address}/transparency/openapi.json", "--url", f"{portal.address}{base}"]
    command += ["--header", f"Authorization:{token}", "--checks", CHECKS, "--no-color", "--continue-on-failure"]
    command += [
        chosen,
        pattern,
        "--phases",
        "examples,coverage,fuzzing,stateful",
        "--max-examples",
        "3",
        "--generation-deterministic",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20000:]
    paths = requests.get(f"{portal.address}/transparency/openapi.json", timeout=60).json()["paths"]
    number = sum(len(paths[path].keys() & {"get", "post"}) for path in paths if is_chosen(path))
    assert number > 4
    assert f"\n  Tested: {number}\n" in done.stdout, done.stdout[-2000:]
