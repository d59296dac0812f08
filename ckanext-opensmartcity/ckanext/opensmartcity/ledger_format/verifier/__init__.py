"""Verifier of exported histories, with memory that does not grow with the log."""
