"""Tests of the runner room."""
