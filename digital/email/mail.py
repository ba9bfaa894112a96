"""What is known of a mail once it has been read, whichever way it came."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from digital.email.headers import Headers
from runner.messages.channels import Attached


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: headers, the whole text, the HTML as it came, files and the raw bytes.

    `left_out` says which files were not kept, and why. `inline` maps Content-IDs to the places of
    images in `files`. `reports` are the machine's parts of a report, as texts; `quoted` is the
    Message-ID of what a report is about. `raw` is empty where a provider took the mail apart.
    """

    headers: Headers
    text: str = ""
    html: str = ""
    files: Sequence[Attached] = ()
    left_out: Sequence[str] = ()
    inline: dict[str, int] = field(default_factory=dict)
    reports: Sequence[str] = ()
    quoted: str = ""
    raw: bytes = field(default=b"", repr=False)
