"""Verifier of the ledger: checks an exported history, or the rows of the database, against signed checkpoints.

`input_files` reads files in two passes, `trusted_roots` the checkpoints and consistency proofs, `verifier` the log
positions, `completeness` that a history is whole, `hash_chain` the events of each subject, `redaction_check` that
redactions are recorded, `tile_check` the stored tiles. Each yields `Finding`s; memory does not grow with the length of
the log.
"""
