"""Errors of the log."""

from __future__ import annotations


class LogError(Exception):
    """The log cannot be signed, extended or read; the text gives the reason and the remedy in one line."""
