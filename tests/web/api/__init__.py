"""The JSON API, on the real application and real databases."""
