"""Ledger: append-only audit trail of the governed answers, sealed in a signed transparency log.

From a save to its proof: `change_capture` watches the subjects of an action, `recorder` appends one event per change
before the commit, `sequencer` gives committed events their index in the Merkle tree, `signer` signs checkpoints,
`proofs` proves inclusion and consistency. `action/` is the API, `views/` the pages and feeds.
"""
