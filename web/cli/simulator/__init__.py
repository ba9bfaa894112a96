"""Walks flows without a telephone: the server's own engine, components and effects, no database.

In: a flow document, what the caller does, what the world answers. Out: what is heard, the
history. `session.py` joins the parts; `walk` talks to a person, `test` plays a script.
"""
