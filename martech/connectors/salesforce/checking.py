"""The set-up assistant's steps: reach, version, sign-in, calls left, and each object with what may be done to it."""

from collections.abc import Iterator, Mapping

import requests

from martech.connectors.answers import CheckStep, failed_step
from martech.connectors.errors import VendorError
from martech.connectors.port import ObjectCapability
from martech.connectors.salesforce.line import Line
from martech.connectors.salesforce.refusals import LINE_ERRORS, classify
from martech.connectors.salesforce.shape import Shapes

MY_DOMAIN = "Look up My Domain in Salesforce under Setup → My Domain, and give the part before .salesforce.com."
OTHER_ADDRESS = "Check “Another address” under Credentials and the network, then test again."
SHARED = ("login.salesforce.com", "test.salesforce.com")


def steps(line: Line, shapes: Shapes, objects: Mapping[str, ObjectCapability]) -> Iterator[CheckStep]:
    """Stops after a step that fails, but for what the user may not see: all else goes on."""
    for step in _steps(line, shapes, objects):
        yield step
        if not (step.is_ok or step.is_part):
            return


def _steps(line: Line, shapes: Shapes, objects: Mapping[str, ObjectCapability]) -> Iterator[CheckStep]:
    yield _reached(line)
    yield _signed_in(line)
    yield _calls_left(line)
    for name, capability in objects.items():
        yield _object(shapes, name, capability)


def _reached(line: Line) -> CheckStep:
    title, host = "Reach the org", line.settings.host
    if not host:
        return CheckStep(title, False, "No My Domain is given.", MY_DOMAIN)
    if host in SHARED:
        return CheckStep(title, False, f"{host} is where everybody signs in, not your org's own address.", MY_DOMAIN)
    try:
        answer = line.http.get(f"https://{host}/services/data")
        versions = [one["version"] for one in answer.json()]
    except VendorError as error:
        return failed_step(title, error)
    except requests.RequestException as error:
        told = classify(error, is_write=False)
        told.remedy = OTHER_ADDRESS if line.session.base_url else MY_DOMAIN
        return failed_step(title, told)
    except (*LINE_ERRORS, KeyError, TypeError):
        remedy = OTHER_ADDRESS if line.session.base_url else MY_DOMAIN
        return CheckStep(title, False, "What answers there is not Salesforce.", remedy)
    if line.settings.api_version not in versions:
        detail = f"The org does not offer API version {line.settings.api_version}."
        return CheckStep(title, False, detail, f"Set the API version to {versions[-1]} or one before.")
    return CheckStep(title, True, f"{host}, API {line.settings.api_version}")


def _signed_in(line: Line) -> CheckStep:
    title = "Sign in"
    try:
        org = line.query("SELECT Id, Name, IsSandbox FROM Organization LIMIT 1")["records"][0]
    except VendorError as error:
        return failed_step(title, error)
    kind = "sandbox" if org["IsSandbox"] else "production"
    return CheckStep(title, True, f"{org['Name']} ({kind})")


def _calls_left(line: Line) -> CheckStep:
    title = "API calls of the day"
    try:
        daily = line.rest("limits/")["DailyApiRequests"]
    except VendorError as error:
        return failed_step(title, error)
    used, limit = daily["Max"] - daily["Remaining"], daily["Max"]
    line.allowance.observe(used, limit)
    if used >= limit * line.settings.stop_at:
        return failed_step(title, line.allowance.most_is_used())
    return CheckStep(title, True, f"{used:,} of {limit:,} used; a run takes at most {line.settings.run_share:.0%}")


def _object(shapes: Shapes, name: str, capability: ObjectCapability) -> CheckStep:
    try:
        shape = shapes.of(name)
    except VendorError as error:
        remedy = f"Give the signed-in user read access to {capability.label} in a permission set."
        return CheckStep(capability.label, False, error.detail, remedy, is_part=True)
    writable = sum(one.is_writable for one in shape.schema.fields)
    missing = [one for one in capability.default_fields if one not in shape.names]
    if missing:
        remedy = "Give the user field-level access, or leave these fields out of the mapping."
        return CheckStep(
            capability.label, True, f"{len(shape.names)} fields; not visible: {', '.join(missing)}", remedy
        )
    return CheckStep(
        capability.label, True, f"{len(shape.names)} fields, {writable} of them writable, by {shape.stamp}"
    )
