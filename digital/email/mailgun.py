"""What Mailgun posts: raw, or taken apart (its "Routes")."""

from collections.abc import Sequence

from digital.email.charsets import decoded, plain
from digital.email.form import Form
from digital.email.form_mail import json_field, json_map, mail_of
from digital.email.headers import understood
from digital.email.limits import Limits
from digital.email.mail import Mail
from digital.email.parse import parse


def mailgun_mail(form: Form, limits: Limits) -> Mail:
    """Read what Mailgun posts: `body-mime`, or fields with `message-headers` (its "Routes")."""
    if raw := form.fields.get("body-mime"):
        return parse(raw, limits)
    pairs = json_field(form, "message-headers", list)
    headers = understood(
        (str(pair[0]), plain(str(pair[1])))
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2  # noqa: PLR2004  a name and a value
    )
    named = {name.strip("<>"): str(key) for name, key in json_map(form, "content-id-map").items()}
    texts = (form.fields.get("body-plain", b""), form.fields.get("body-html", b""))
    return mail_of(headers, (decoded(texts[0]), decoded(texts[1])), form.files, named, limits)


def mailgun_envelope(form: Form) -> tuple[Sequence[str], str]:
    """Give recipients and sender; the null return path is "<>", "" a sender nobody told."""
    recipients = [part.strip() for part in form.text("recipient").split(",") if part.strip()]
    return recipients, (form.text("sender") or "<>") if "sender" in form.fields else ""
