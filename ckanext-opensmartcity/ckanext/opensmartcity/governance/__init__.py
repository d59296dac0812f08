"""Actions, permissions and validators: where the standard meets CKAN."""
