"""Tests of the language of flows."""
