"""What SendGrid posts: raw, or taken apart (Twilio SendGrid, "Inbound Parse Webhook")."""

from collections.abc import Mapping

from digital.email.charsets import decoded
from digital.email.form import Form
from digital.email.form_mail import json_map, mail_of
from digital.email.headers import headers_of, read
from digital.email.limits import Limits
from digital.email.mail import Mail
from digital.email.parse import parse


def sendgrid_mail(form: Form, limits: Limits) -> Mail:
    """Read a mail: `email` is the raw one, else there are fields."""
    if raw := form.fields.get("email"):
        return parse(raw, limits)
    headers = headers_of(read(form.fields.get("headers", b"")))
    charsets, infos = json_map(form, "charsets"), json_map(form, "attachment-info")
    named = {
        str(info.get("content-id", "")).strip("<>"): key
        for key, info in infos.items()
        if isinstance(info, Mapping) and info.get("content-id")
    }
    texts = [
        decoded(form.fields.get(name, b""), str(charsets.get(name, "")))
        for name in ("text", "html")
    ]
    return mail_of(headers, (texts[0], texts[1]), form.files, named, limits)


def sendgrid_envelope(form: Form) -> tuple[list[str], str]:
    """Give recipients and sender of the `envelope` field; the null return path is "<>"."""
    envelope = json_map(form, "envelope")
    to = envelope.get("to", [])
    recipients = [str(each) for each in to] if isinstance(to, list) else [str(to)]
    sender = envelope.get("from")
    return recipients, "" if sender is None else str(sender) or "<>"
