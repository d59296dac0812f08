"""Pages of the ledger: history of a record, checkpoints and proofs, Atom feeds."""
