"""Says, after a turn of a walk, whose turn it is in its conversation: its own, or an agent's side.

The desk says so as well when it queues, gives and closes (`runner.messages.whose_turn`); here it
counts from the very turn in which the walk asks for an agent, and when the desk found none.
"""

from dataclasses import replace

from flow.effects import EnterQueue
from flow.execution import Execution
from runner.ports import Work
from runner.walker import Walked


def hand_over(work: Work, walked: Walked) -> None:
    """Write down whose turn it is after a turn of a walk that goes on.

    While an agent is looked for, or has it, the messages are the agent's: a step that asks later
    does not get them. When the walk waits for nobody any more the conversation is the walk's again.
    """
    execution, effect = walked.execution, walked.effect
    enters = isinstance(effect, EnterQueue) and effect.conversation == execution.conversation
    conversation = work.conversation(execution.conversation)
    if conversation is None or conversation.state == "closed":
        return
    if enters and conversation.state == "flow":
        work.take_messages(conversation.id, conversation.messages)
        version = conversation.version + 1
        work.keep_conversation(replace(conversation, state="waiting", version=version))
    elif conversation.state != "flow" and not enters and not is_served(work, execution):
        back = replace(conversation, state="flow", agent="", assignment="")
        work.keep_conversation(replace(back, version=conversation.version + 1))


def is_served(work: Work, execution: Execution) -> bool:
    """Say whether a walk listens to a place in the queue: others write for it."""
    place = str(execution.later.get("hears", "")) or execution.hears
    return bool(place) and bool(work.tickets([place]))
