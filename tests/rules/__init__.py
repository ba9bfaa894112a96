"""The habits of this repository as checkers (text in, findings out) and the tests that use them."""
