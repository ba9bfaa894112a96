"""Helpers for tests: free ports, waiting without sleeping, programs that are always ended."""
