"""Pictures drawn on the server as SVG: no script, no font, no other host. Pure Python."""

from __future__ import annotations

from .flow import Station, draw_flow
from .sign import draw_sign

__all__ = ["Station", "draw_flow", "draw_sign"]
