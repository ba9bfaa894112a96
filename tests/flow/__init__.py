"""Tests of the rules of a flow."""
