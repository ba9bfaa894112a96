"""Writes the reference pages from what the code says of itself; `python -m web.cli.docs`."""
