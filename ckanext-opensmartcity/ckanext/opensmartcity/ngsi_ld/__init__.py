"""NGSI-LD entities of the records that a user may see."""
