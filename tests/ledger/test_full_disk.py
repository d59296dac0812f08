"""Full disk, by a file size limit of the kernel: a one-line error, and no partial file is left behind."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ckanext.opensmartcity.ledger import cli, signer
from ckanext.opensmartcity.ledger.cli import ledger
from ckanext.opensmartcity.ledger.signer import LogError
from ledger.conftest import append
from support.processes import exit_code_of, fork

FULL = Path("/dev/full")


def in_little_room(size, work):
    """Run a function in a process with a limited file size; return how it ended."""

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        work()

    return exit_code_of(fork(limited))


def test_an_export_that_does_not_fit_leaves_the_old_file_and_nothing_else(fresh_city, tmp_path):
    (tmp_path / "history").write_text("the old one")

    def export():
        with pytest.raises(OSError, match="File too large"):
            cli.write_lines(tmp_path / "history", ("x" * 100 for _ in range(1_000)))

    assert in_little_room(5_000, export) == 0
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("history", "the old one")]


def test_an_export_to_a_full_device_is_told_in_one_line_and_the_device_stays(fresh_city, run):
    output = run("export", FULL, code=2).output
    assert output.strip().splitlines()[-1] == "Error: /dev/full: No space left on device"
    assert FULL.is_char_device()


def test_an_export_to_a_pipe_is_the_one_to_a_file(fresh_city, run, tmp_path):
    run("export", tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    reader = fork(lambda: shutil.copyfileobj((tmp_path / "pipe").open("rb"), (tmp_path / "copy").open("wb")))
    run("export", tmp_path / "pipe")
    assert exit_code_of(reader) == 0
    assert (tmp_path / "copy").read_text() == (tmp_path / "file").read_text()


@pytest.mark.parametrize("words", ["checkpoint", "verify", "verify --format json"])
def test_a_command_whose_output_does_not_fit_says_so_and_gives_no_verdict(fresh_city, words, capfd):
    append(1)

    def command():
        sys.stdout = FULL.open("w")
        with pytest.raises(SystemExit) as end:
            ledger(words.split())
        assert end.value.code == 2

    assert exit_code_of(fork(command)) == 0
    output = capfd.readouterr().err
    assert output.splitlines()[-1] == "Error: The output: No space left on device"
    assert "Traceback" not in output


@pytest.mark.parametrize("words", [["standard"], ["verify", "--help"], ["verify", "history"]])
def test_without_a_portal_too(words, tmp_path):
    (tmp_path / "history").write_text("{}\n")
    program = [sys.executable, "-m", "ckanext.opensmartcity.cli.main", *words]
    with FULL.open("w") as full:
        result = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == "Error: The output: No space left on device"
    assert "Traceback" not in result.stderr


def test_a_key_that_does_not_fit_leaves_no_half_key_and_can_be_made_later(tmp_path):
    def make():
        with pytest.raises(LogError, match=r"cannot be written to .*: File too large"):
            signer.make_key(tmp_path / "key", "any")

    assert in_little_room(20, make) == 0
    assert list(tmp_path.iterdir()) == []
    assert signer.make_key(tmp_path / "key", "any")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_full_device_is_no_place_for_a_key(run):
    assert "never replaced" in run("key", FULL, code=1).output
    assert FULL.is_char_device()
