"""NGSI-LD entities of the records that a reader may see."""
