"""Sound: the prompt library and the recordings, checked, normalised and kept as files."""
