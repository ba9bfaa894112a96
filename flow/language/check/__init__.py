"""Finds everything that is wrong with flow documents before anyone calls.

One file per kind of rule; `rules.py` is the list of all.
"""

from flow.language.check.run import check

__all__ = ["check"]
