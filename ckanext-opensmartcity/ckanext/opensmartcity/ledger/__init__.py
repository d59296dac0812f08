"""The log over the events: sequencing, signing, proving, exporting, verifying."""
# MERGED The history of the governed answers: recording it, reading it, and beginning it for what was there before.
