"""Format of the governance ledger: events, canonical JSON, exported histories, and their verifier. No CKAN.

`diff` turns two states of a subject into events, `event` serializes and hashes them, `history_file` reads and writes
exports, `verifier` checks an export or the database, `event_text` renders events for residents.
"""
