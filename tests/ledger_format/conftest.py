"""Fixtures of the tests of the verifier: a synthetic log, and `opensmartcity verify` on its lines."""

import json
from dataclasses import dataclass

import pytest
from ckanext.opensmartcity.cli.main import main
from click.testing import CliRunner
from ledger_format.logs import Log

EXIT_CODES = {"verified": 0, "failed": 1, "not_verifiable": 2}


@dataclass
class Verdict:
    """Exit code, all findings, those that name something not checked, and the rest of the answer."""

    exit_code: int
    findings: list
    not_checked: list
    summary: dict

    @property
    def codes(self):
        return {found["code"] for found in self.findings}

    def of(self, code):
        return [found for found in self.findings if found["code"] == code]


@pytest.fixture
def verify(tmp_path):
    def run(log, lines, *, kept=(), key=None, more=(), options=()):
        paths = [_write(tmp_path / f"{number}.jsonl", text) for number, text in enumerate([lines, *more])]
        arguments = ["verify", "--format", "json", *options, *paths]
        for number, text in enumerate(kept):
            arguments += ["--checkpoint", _write(tmp_path / f"kept-{number}", [text.rstrip("\n")])]
        if key is not False:
            arguments += ["--key", key or log.key]
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        answer = json.loads(result.stdout)
        assert EXIT_CODES[answer["verdict"]] == result.exit_code
        assert bool(answer["not_checked"]) <= (answer["verdict"] != "verified")
        findings, not_checked = answer.pop("findings"), answer.pop("not_checked")
        return Verdict(result.exit_code, [*findings, *not_checked], not_checked, answer)

    return run


def _write(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def log():
    """Thirty events of three subjects, with checkpoints at sizes 10, 20 and 30."""
    made = Log()
    for _ in range(3):
        made.grow(10)
    return made
