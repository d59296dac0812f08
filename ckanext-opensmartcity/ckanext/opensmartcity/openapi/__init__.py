"""OpenAPI 3.1 document of all actions and output formats, generated from their declarations."""

from __future__ import annotations

from .document import describe

__all__ = ["describe"]
