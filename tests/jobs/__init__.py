"""Tests of the jobs room: real worker processes on real databases."""
