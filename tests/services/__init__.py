"""The real services that tests run against."""
