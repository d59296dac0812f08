"""What keeps the log from being signed or read, in one clear line."""

from __future__ import annotations


class LogError(Exception):
    """The log cannot do what is asked, and the text says why and what helps."""
