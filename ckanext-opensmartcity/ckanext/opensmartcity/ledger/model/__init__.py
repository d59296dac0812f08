"""Tables and queries of the ledger: events, states of subjects, and the transparency log."""
