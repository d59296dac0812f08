"""API actions of the ledger: histories, the signed log, and chained actions that capture changes."""
