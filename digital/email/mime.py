"""Takes a mail apart into its parts (RFC 2046), by one look at each level and without recursion.

The standard library's parser calls itself for each level and compares each line with each open
boundary: a thousand levels end it, and thirty megabytes of short lines take it minutes.
"""

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from digital.email.boundaries import Budget, between, headed
from digital.email.headers import parameter
from digital.email.limits import DEPTH, PARTS
from digital.email.part import Part


def taken_apart(raw: bytes) -> tuple[Message, list[Part]]:
    """Give a mail's headers and its parts that hold something, in their order."""
    head, start = headed(raw, 0, len(raw))
    waiting = [Part(head, start, len(raw))]
    leaves: list[Part] = []
    budget = Budget()
    while waiting and len(leaves) < PARTS:
        part = waiting.pop()
        inner = list(_inner(raw, part, budget)) if part.type.startswith("multipart/") else []
        if inner:
            waiting += reversed(inner)
        else:
            leaves.append(part)
    return head, leaves


def _inner(raw: bytes, outer: Part, budget: Budget) -> Iterator[Part]:
    boundary = parameter(outer.head, "Content-Type", "boundary").encode("utf-8", "replace")
    if not boundary or outer.level >= DEPTH or budget.scanned < outer.end - outer.start:
        return
    around = replace(outer, level=outer.level + 1, inside=outer.type)
    if outer.type == "multipart/alternative":
        budget.number += 1
        around = replace(around, alternative=budget.number)
    budget.scanned -= outer.end - outer.start
    for start, end in between(raw, (outer.start, outer.end), b"--" + boundary, budget):
        head, body = headed(raw, start, end)
        yield replace(around, head=head, start=body, end=end)
