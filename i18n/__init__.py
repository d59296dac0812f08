"""Translations of the interface and of the standard."""
