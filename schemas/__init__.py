"""The open standard: YAML that people can read; the package only makes the folder importable."""
