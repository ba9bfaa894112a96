"""The migrations of the schema, run by `store.migrate`."""
