"""Files that must not be taken, each under the name of its trick, with the reason it gets."""
