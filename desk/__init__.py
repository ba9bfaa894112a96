"""The rules of the contact centre: pure values and functions, no clock, network or database."""
