"""The actions of the API as an OpenAPI 3.1 document, made from what each action says of itself."""

from __future__ import annotations

from .document import describe

__all__ = ["describe"]
