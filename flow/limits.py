"""The fixed numbers of a flow's language and walk, each with its reason (design, section 6)."""

from datetime import timedelta

STEPS_PER_TURN = 100
"""A caller waits for the turn: a walk this long without a question is a loop."""

ERROR_STEPS = 20
"""Steps still allowed after a loop was stopped, so that an error exit can say goodbye."""

TURNS_PER_EXECUTION = 1_000
"""No person answers a thousand questions in one call; a machine calling a machine does."""

VOICE_LIFETIME = timedelta(hours=24)
"""Carriers end a call after 24 hours; an older execution belongs to no call."""

MESSAGE_LIFETIME = timedelta(days=30)
"""A conversation nobody continued for a month is over; so is a run that waits without a call."""

MODULE_DEPTH = 10
"""Deeper nesting is a module that calls itself."""

TEMPLATE_OUTPUT = 16 * 1024
"""Characters one template may render: more fits no message and no form field."""

TEMPLATE_NODES = 20_000
"""Loop iterations one template may take: far above any message, far below a slow turn."""

PATTERN_LENGTH = 500
"""Characters of a regular expression: RE2 is linear, its compilation is not free."""

MATCHED_INPUT = 10_000
"""Characters of a value that a condition looks at."""

WAIT_ON_CALL = 60
"""Seconds of silence a caller can be asked to hear in one `wait` step."""

SURVEY_TEXT = 4_000
"""Characters kept of a free survey answer."""

FUNCTION_SOURCE = 32 * 1024
"""Characters of a `run_function` source: longer code belongs into a service of its own."""

HTTP_TIMEOUT = 10.0
"""Seconds `http_request` may take at the most; the caller hears music meanwhile."""

MAIL_RECIPIENTS = 20
"""Addresses of one e-mail: it is a message to somebody, no mailing."""

MAIL_SUBJECT = 200
"""Characters of a subject; programs show fewer."""

MAIL_ATTACHMENTS = 10
"""Attachments of one e-mail."""
