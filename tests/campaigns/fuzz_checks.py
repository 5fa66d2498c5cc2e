"""A check of our own for Schemathesis, which imports this module in an environment without the gateway."""

from __future__ import annotations

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection


@schemathesis.check
def check_takes_no_bad_case(ctx, response, case):
    """``checkTreatedCases`` answers 200 whatever the case; what breaks the schema it must not call acceptable."""
    if case.operation.definition.raw.get("operationId") != "checkTreatedCases" or response.status_code != 200:
        return
    if response.headers["content-type"][0] == "application/json" and response.json()["accepted"]:
        negative_data_rejection(ctx, response, case)
