"""Every component of the palette, by cases in JSON."""
