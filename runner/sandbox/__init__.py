"""Run a flow author's JavaScript where it can do no harm.

In: source, JSON arguments, limits. Out: a `FunctionResult`; the script's faults never raise.
"""

from runner.sandbox.run import FunctionResult, Limits, run_javascript

__all__ = ["FunctionResult", "Limits", "run_javascript"]
