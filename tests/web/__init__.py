"""The tests of what people and programs see."""
