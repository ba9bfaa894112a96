"""Every resource of the API, and which key may use which method: the table of contents.

A key needs one of the scopes named. `admin` reads and changes; starting flows and placing calls
costs money and is given apart. A method without a rule stops the server's start.
"""

from collections.abc import Sequence

from web.api import (
    agents,
    bindings,
    calls,
    contacts,
    conversations,
    files,
    flows,
    handling,
    interactions,
    mail_pages,
    opt_outs,
    prompts,
    queues,
    recordings,
    ring_groups,
    specification,
    starts,
    surveys,
    templates,
    texting,
    versions,
    voicemails,
    webhooks,
    wrap_ups,
)
from web.api.resource import ANYBODY, Allowed, Resource, resource

START: Allowed = frozenset({"flows:start"})
READ: Allowed = frozenset({"read", "admin"})
CHANGE: Allowed = frozenset({"admin"})
CALL: Allowed = frozenset({"calls:create"})

RESOURCES: Sequence[Resource] = (
    resource(specification.routes, GET=ANYBODY),
    resource(starts.routes, POST=START),
    resource(interactions.routes, GET=READ),
    resource(interactions.one, GET=READ | START | CALL),  # a key sees what it began itself
    resource(flows.routes, GET=READ, POST=CHANGE),
    resource(versions.routes, GET=READ, POST=CHANGE),
    resource(bindings.routes, GET=READ, PUT=CHANGE, DELETE=CHANGE),
    resource(contacts.routes, GET=READ, PUT=CHANGE, PATCH=CHANGE, DELETE=CHANGE),
    resource(prompts.routes, GET=READ),
    resource(recordings.routes, GET=READ),
    resource(surveys.routes, GET=READ),
    resource(agents.routes, GET=READ, PUT=CHANGE, PATCH=CHANGE, DELETE=CHANGE),
    resource(ring_groups.routes, GET=READ, PUT=CHANGE, DELETE=CHANGE),
    resource(queues.routes, GET=READ | CALL),  # a key that only calls sees no numbers
    resource(calls.routes, GET=READ, POST=CALL),
    resource(handling.routes, POST=CALL),
    resource(handling.supervision, POST=CHANGE),  # who listens needs a permission of its own
    resource(wrap_ups.routes, PUT=CHANGE),
    resource(conversations.routes, GET=READ),
    resource(files.routes, GET=READ),
    resource(mail_pages.routes, GET=READ),
    resource(opt_outs.routes, GET=READ, DELETE=CHANGE),
    resource(opt_outs.noting, POST=CALL | CHANGE),
    resource(texting.routes, POST=CALL | CHANGE),  # who may both may do it for any agent
    resource(templates.routes, GET=READ | CALL, PUT=CHANGE, DELETE=CHANGE),
    resource(voicemails.routes, GET=READ, PUT=CHANGE),
    resource(webhooks.routes, GET=CHANGE, POST=CHANGE, PATCH=CHANGE, DELETE=CHANGE),
)
