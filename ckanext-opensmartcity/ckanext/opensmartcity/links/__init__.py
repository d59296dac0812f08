"""Link checker: checks the links of public datasets in a background job and reports those that fail."""
