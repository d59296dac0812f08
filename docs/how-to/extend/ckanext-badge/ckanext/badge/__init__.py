"""Badge: a picture with the level of the answers of a record, for other web sites."""
