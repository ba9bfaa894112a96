"""`/api/v1/openapi.json`: what this API can do, for people and programs, without a key.

It is the same in every installation of this version, so there is nothing in it to protect.
"""

from typing import TYPE_CHECKING, cast

from flask import Response, current_app, json

from web.api.resource import Routes

if TYPE_CHECKING:
    from apiflask import APIFlask

routes = Routes("specification", "This document.")


@routes.get("/openapi.json")
@routes.doc(responses={200: "An OpenAPI 3.1 document."})
def get_openapi() -> Response:
    """Give the OpenAPI document of this API."""
    app = cast("APIFlask", current_app)
    document = app._get_spec("json")  # noqa: SLF001  the cached one; the public property makes it anew each time
    return Response(json.dumps(document), content_type="application/json")
