"""Run these tests on the demo city, loaded once for the folder."""

from support.demo_portal import configured, portal

__all__ = ["configured", "portal"]
