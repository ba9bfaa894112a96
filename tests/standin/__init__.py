"""A stand-in carrier: REST on loopback, legs that obey TwiML, signed webhooks, and its mistakes.

Built from the provider's contract and the carrier's own pages, not from the product's code.
"""

from tests.standin.standin import Standin, stand_in

__all__ = ["Standin", "stand_in"]
