"""The log over the events: sequencing, signing, proving, exporting, verifying."""
