"""`/conversations/{id}/messages/{id}/files/{id}`: a stranger's file is a download, never shown."""

from apiflask.schemas import FileSchema
from flask import Response, send_file

from desk.conversations import Message
from runner.media import MediaError
from web.api.conversations import conversation_of
from web.api.doors import note
from web.api.problems import missing
from web.api.resource import Routes
from web.house import house

routes = Routes("files", "Files of messages.")


@routes.get("/conversations/<conversation_id>/messages/<message_id>/files/<file_id>")
@routes.output(FileSchema(type="string", format="binary"), content_type="*/*")
def download_file(conversation_id: str, message_id: str, file_id: str) -> Response:
    """Download a file of a message; the audit log keeps who did."""
    message, wanted = message_in(conversation_id, message_id), house().threads.media(file_id)
    named = {str(each.get("id") or "") for each in message.media}
    if wanted is None or wanted.message != message.id or wanted.id not in named:
        raise missing("file of this id")
    try:
        path = house().media.open(wanted.file)
    except MediaError:
        raise missing("content of this file here") from None
    note("conversations.download", file_id, message=message_id)
    answer = send_file(path, wanted.type, as_attachment=True, download_name=wanted.name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def message_in(conversation: str, message: str) -> Message:
    """Find a message of a conversation.

    Raises:
        Problem: 404, one of them is not there.
    """
    conversation_of(conversation)
    found = house().threads.message(message)
    if found is None or found.conversation != conversation:
        raise missing("message of this id")
    return found
