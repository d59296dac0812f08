"""Verifier of the ledger: checks an exported history, or the rows of the database, against signed checkpoints.

`input_files` reads files in two passes, `verifier` checks log positions and checkpoints, `hash_chain` the events of
each subject, `tile_check` the stored tiles. Each yields `Finding`s; memory does not grow with the length of the log.
"""
