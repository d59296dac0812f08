"""docs/questions.md: every code block runs on the demo city and prints the documented output."""

import contextlib
import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
ADDRESS = "http://127.0.0.1:5000"
PART = re.compile(r"^## (?P<heading>[^\n]+)$|^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A block of code under a heading, and what the page says that it prints."""

    heading: str
    language: str
    code: str
    printed: str = ""


def blocks():
    found, heading = [], "How to begin"
    for part in PART.finditer(PAGE.read_text(encoding="utf-8")):
        heading = part["heading"] or heading
        if part["language"] == "text":
            found[-1].printed = part["body"]
        elif part["language"]:
            found.append(Block(heading, part["language"], part["body"]))
    return found


BLOCKS = blocks()


@pytest.fixture(scope="module")
def session(portal):
    """Shell and Python state after the previous blocks."""
    names, shell = {}, []
    for block in BLOCKS:
        if not block.printed and block.language == "python":
            exec(compile(at(block.code, portal), str(PAGE), "exec"), names)
        if not block.printed and block.language == "sh":
            shell.append(at(block.code, portal))
    return names, "".join(shell)


def at(code, portal):
    return code.replace(ADDRESS, portal.address)


def run_python(code, names):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, str(PAGE), "exec"), names)
    return printed.getvalue()


def run_shell(code):
    for program in ("bash", "curl", "jq"):
        if not shutil.which(program):
            pytest.skip(f"this machine has no {program}")
    done = subprocess.run(["bash", "-euc", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_answers_ten_questions():
    numbered = [block.heading for block in BLOCKS if re.match(r"\d+\. .+\?$", block.heading)]
    assert len(set(numbered)) == 10
    assert {block.language for block in BLOCKS} == {"sh", "python"}


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.printed], ids=lambda block: f"{block.heading[:2]}{block.language}"
)
def test_every_block_prints_what_the_page_says(portal, session, block):
    names, shell = session
    code = at(block.code, portal)
    printed = run_python(code, names) if block.language == "python" else run_shell(shell + code)
    assert [line.rstrip() for line in printed.splitlines()] == block.printed.splitlines()
