"""Memory limits: endless lines, lists and nesting of 300 MB are rejected in a process with 150 MB of memory."""

import subprocess
import sys
import textwrap

import pytest

# The limit is set after the imports, so that it applies to the file alone.
CHECK = """
    import resource, sys
    from ckanext.opensmartcity.cli.main import main
    from ckanext.opensmartcity.standard.countries import country_codes
    country_codes()
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 150 * 2**20,) * 2)
    main(["check", "--input", sys.argv[1], "-"])
"""
SIZE = 300 * 2**20
CHUNK = 64 * 1024
GOOD = b'{"name": "good"}'
STREAMS = {
    "a line of JSON Lines": ("jsonl", GOOD + b'\n{"x": "', b"y", b'"}\n' + GOOD, "INPUT-006", 2),
    "a line of JSON Lines full of lists": ("jsonl", GOOD + b'\n{"x": [', b"[],", b"0]}\n" + GOOD, "INPUT-006", 2),
    "a line of CSV": ("csv", b"name,title\ngood,x\n", b"y", b"\ngood,x\n", "INPUT-006", 2),
    "a quoted cell of CSV": (
        "csv",
        b'name,title\ngood,x\nbad,"',
        b"y" * 60_000 + b"\n",
        b"good,x\n",
        "INPUT-002",
        None,
    ),
    "a header of CSV": ("csv", b"name,", b"y", b"\nx\n", "INPUT-006", 0),
    "a text in a list": ("json", b"[" + GOOD + b', {"x": "', b"y", b'"}]', "INPUT-006", 1),
    "a list in a record": ("json", b"[" + GOOD + b', {"x": [', b"[],", b"0]}]", "INPUT-006", 1),
    "nested lists": ("json", b"[" + GOOD + b", ", b"[", b"", "INPUT-005", 1),
    "nested objects": ("json", b"[" + GOOD + b", ", b'{"a":', b"", "INPUT-005", 1),
    "blanks": ("json", b"[" + GOOD + b",", b" ", GOOD + b"]", "OSC-001", 2),
    "a line of UTF-16": ("csv", "\ufeffname,title\ngood,x\n".encode("utf-16-le"), b"y\0", b"\n\0", "INPUT-006", 1),
}


@pytest.mark.parametrize(("form", "head", "body", "tail", "code", "records"), STREAMS.values(), ids=STREAMS.keys())
def test_endless_input_is_rejected_with_bounded_memory(form, head, body, tail, code, records, tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(CHECK), form]
    with (tmp_path / "findings").open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.PIPE)
    chunk = body * (CHUNK // len(body))
    try:
        process.stdin.write(head)
        for _ in range(SIZE // len(chunk)):
            process.stdin.write(chunk)
        process.stdin.write(tail)
    except BrokenPipeError:
        pass  # the reader has rejected the file and closed the pipe
    _, stderr = process.communicate()
    assert b"Traceback" not in stderr, stderr[-2000:]
    assert f"{records} records".encode() in stderr or records is None, stderr
    assert process.returncode in (1, 2)
    assert code in (tmp_path / "findings").read_text(encoding="utf-8")
