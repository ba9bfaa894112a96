"""How a message looks by each channel, as lines for people."""

from collections.abc import Iterator

from flow.effects import SendMessage
from web.cli.simulator.thread import BUTTONS


def is_for_others(message: SendMessage) -> bool:
    """Say whether a message goes to somebody else than the contact of the conversation."""
    return bool(message.to) and not message.opens


def rendered(message: SendMessage) -> Iterator[str]:
    """Give the lines of a message; its `channel` must be filled in."""
    if is_for_others(message):
        yield from (f"[{line}]" for line in told(message))
        return
    if message.opens:
        yield f"[to {message.to} by {message.channel}]"
    if message.subject:
        yield f"Subject: {message.subject}"
    if message.template:
        given = message.template["variables"].items()
        filled = "".join(f", {name}={value}" for name, value in given)
        yield f"[approved message {message.template['id']}{filled}]"
    yield from message.text.splitlines()
    for each in message.media:
        yield f"[audio: {each['audio']}]" if "audio" in each else f"[file: {each['url']}]"
    yield from _choices(message)


def told(message: SendMessage) -> Iterator[str]:
    """Give the lines of a message to somebody else."""
    sender = f" from {message.sender}" if message.sender else ""
    lines = message.text.splitlines()
    yield f"{message.channel}: to {message.to}{sender}: {lines[0] if lines else ''}"
    yield from (f"{message.channel}: {line}" for line in lines[1:])


def _choices(message: SendMessage) -> Iterator[str]:
    if message.channel in BUTTONS:
        labels = [f"[{choice['label']}]" for choice in message.choices]
        yield from [" ".join(labels)] if labels else []
        return
    if message.choices and (message.text or message.media):
        yield ""
    for choice in message.choices:
        yield f"{choice['key']}. {choice['label']}" if choice["key"] else choice["label"]
