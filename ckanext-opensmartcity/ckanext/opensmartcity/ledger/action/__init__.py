"""Actions of the ledger."""
