"""The carrier's REST API over real HTTP, as the official library expects it."""
