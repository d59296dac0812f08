"""OpenAPI 3.1 document of all actions, generated from their docstrings and parameter schemas."""

from __future__ import annotations

from .document import describe

__all__ = ["describe"]
