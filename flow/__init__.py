"""The rules of a flow: what a run does next, with no clock, network, file or chance."""
