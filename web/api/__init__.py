"""The JSON API under `/api/v1`: one file for each resource, and `table.py`, the list of all."""
