"""Metadata that the project invented itself, in the layout and the formats of the real one (see its README.md)."""

from pathlib import Path

INVENTED = Path(__file__).parents[1] / "data" / "invented"
