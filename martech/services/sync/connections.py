"""Connections are made, tested step by step, paused and given first mappings."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.models import User
from martech.connectors.answers import CheckStep, failed_step
from martech.connectors.errors import BudgetExhausted, RetryNow, VendorDown, VendorError
from martech.connectors.offers import Setting
from martech.connectors.port import Kind, ObjectCapability
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, ConnectionState, HintSource, SyncObject
from martech.services.sync.course import Line, budget_of, open_line
from martech.services.sync.mappings import publish_first_mapping
from martech.services.sync.runs import BREATHER, WAITING
from martech.services.sync.sealed import open_secrets, sealed_secrets
from martech.sync.document import read_mapping
from martech.sync.drift import AGREED, CALLED, agreed_types, as_json, from_json, label_in, names_of_vanished, put_aside
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.versions import published_among

MAPPED = (Kind.ACCOUNT, Kind.PERSON, Kind.DEAL)
PASSING = tuple(error.__name__ for error in WAITING)
UNHEARD = (VendorDown.__name__, RetryNow.__name__)
"""Causes of a step that nobody over there answered."""
SOMEBODY_WAITS = (5.0, 20.0)
"""Seconds for a connection to be made and for an answer, while somebody looks at the page of the test."""
ORDER = {
    Kind.OWNER: 0,
    Kind.CAMPAIGN: 10,
    Kind.ACCOUNT: 20,
    Kind.PERSON: 30,
    Kind.DEAL: 40,
    Kind.SPEND: 50,
    Kind.MEMBER: 60,
    Kind.LISTED: 70,
}


def save_connection(
    *,
    vendor: str,
    name: str,
    given: Mapping[str, str],
    base_url: str | None = None,
    actor: User | None,
    is_practice: bool = False,
    only_new: bool = False,
) -> tuple[Connection, bool]:
    """Create or change a connection; secrets that are not given again stay. With `only_new` one that works, or is
    somebody else's, is not changed. Raises DomainError, ConflictError."""
    settings, secrets = sorted_settings(vendor, given)
    with transaction.atomic(), recording("save_connection", actor=actor):
        connection, is_new = Connection.objects.select_for_update().get_or_create(
            name=name, defaults={"vendor": vendor, "created_by": actor}
        )
        refuse_another(connection, vendor)
        if only_new and not is_new:
            refuse_taken(connection, actor)
        connection.options = {**connection.options, **settings}
        merged = {**open_secrets(connection), **secrets}
        refuse_missing(vendor, {**connection.options, **merged})
        connection.sealed = sealed_secrets(connection, merged)
        connection.token, connection.token_until = "", None
        if base_url is not None:
            connection.base_url = base_url
        connection.is_practice = connection.is_practice or is_practice
        connection.updated_at = timezone.now()
        connection.full_clean(exclude=["created_by"])
        connection.save()
        look_anew_at_journal(connection)
    return connection, is_new


def refuse_another(connection: Connection, vendor: str) -> None:
    if connection.vendor != vendor:
        raise ConflictError(
            f"{connection.name} is a connection to {connection.vendor}.", errors={"name": ["Choose another name."]}
        )


def refuse_taken(connection: Connection, actor: User | None) -> None:
    """Whoever goes back to correct what they entered a moment ago goes on with their own that never worked."""
    is_own = actor is not None and connection.created_by_id == actor.pk
    if connection.state == ConnectionState.NEW and is_own:
        return
    remedy = f"There is a connection of this name. Choose another, or enter other credentials on the page of {connection.name}."
    raise ConflictError("There is a connection of this name.", errors={"name": [remedy]}, kind="duplicate")


def look_anew_at_journal(connection: Connection) -> None:
    """With other credentials a journal is tried at once, from where it was read to."""
    sources = HintSource.objects.filter(connection=connection)
    sources.update(problem={}, paused_until=None, token="", token_until=None)


def sorted_settings(vendor: str, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Plain settings and secrets. Raises DomainError for one the vendor does not know."""
    try:
        known = {setting.name: setting for setting in vendor_of(vendor).settings}
    except KeyError as error:
        raise DomainError(
            f"There is no connector for {vendor}.", errors={"vendor": ["Choose one of the list."]}
        ) from error
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise DomainError(
            "The connection was not saved.",
            errors={name: [f"Unknown setting; known are {', '.join(known)}."] for name in unknown},
        )
    wrong = {name: [why] for name, value in given.items() if (why := known[name].is_wrong(str(value)))}
    if wrong:
        raise DomainError("The connection was not saved.", errors=wrong)
    plain = {name: value for name, value in given.items() if not known[name].is_secret}
    return plain, {name: value for name, value in given.items() if known[name].is_secret and value}


def refuse_missing(vendor: str, given: Mapping[str, Any]) -> None:
    settings = vendor_of(vendor).settings

    def chosen(setting: Setting) -> str:
        return str(given.get(setting.name) or setting.default)

    needed = {name for setting in settings for name in setting.needs.get(chosen(setting), ())}
    missing = [s for s in settings if (s.is_required or s.name in needed) and not given.get(s.name) and not s.default]
    if missing:
        raise DomainError(
            "The connection was not saved.",
            errors={setting.name: [f"It is needed. {setting.help}".strip()] for setting in missing},
        )


def check_connection(connection: Connection) -> Iterator[CheckStep]:
    """Test a connection step by step, then look at each object; the connection becomes active when all went well that it
    cannot do without."""
    wrong: list[CheckStep] = []
    for step in tried_steps(connection):
        told = with_what_follows(connection, step)
        wrong += [] if told.is_ok or told.is_part else [told]
        yield told
    rows = Connection.objects.filter(pk=connection.pk)
    if wrong:
        note_failure(rows, wrong[0])
    else:
        rows.exclude(state=ConnectionState.PAUSED).update(state=ConnectionState.ACTIVE, problem={}, paused_until=None)
        HintSource.objects.filter(connection=connection).update(problem={}, paused_until=None)
    connection.refresh_from_db()


def with_what_follows(connection: Connection, step: CheckStep) -> CheckStep:
    """A step that failed for calls which come again, with what that means for a connection that works or does not."""
    if step.until is None:
        return step
    at = f"{timezone.localtime(step.until):%-d %b, %H:%M}"
    works = connection.state == ConnectionState.ACTIVE
    remedy = f"The connection goes on by itself at {at}." if works else f"Test again after {at}."
    return replace(step, remedy=remedy)


def note_failure(rows: QuerySet[Connection], step: CheckStep) -> None:
    """What a test that failed makes of a connection. One that never worked stays new and says why; one that works waits
    where the fault passes by itself, as after a round, and needs somebody where it does not. A wait for the day's calls that
    is longer stays, with its reason."""
    problem = {"detail": f"{step.title}: {step.detail}", "remedy": step.remedy, "class": step.cause}
    rows.filter(state=ConnectionState.NEW).update(problem=problem)
    if step.cause in PASSING:
        until = step.until or timezone.now() + BREATHER
        working = rows.filter(state=ConnectionState.ACTIVE)
        waits_longer = working.filter(problem__class=BudgetExhausted.__name__, paused_until__gt=until)
        if step.until is not None or not waits_longer.exists():
            working.update(paused_until=until, problem=problem)
        rows = rows.exclude(state=ConnectionState.ACTIVE)
    working = rows.filter(state__in=[ConnectionState.ACTIVE, ConnectionState.BROKEN])
    working.update(state=ConnectionState.BROKEN, problem=problem)


def tried_steps(connection: Connection) -> Iterator[CheckStep]:
    """The vendor's steps, and where those went well each object; what cannot be caught otherwise is a step, too."""
    is_ok, failed = True, set[str]()
    try:
        with open_line(connection, is_interactive=True, timeout=SOMEBODY_WAITS) as line:
            forgotten = line.budget.forget_refusals()
            for step in line.connector.check():
                is_ok = is_ok and (step.is_ok or step.is_part)
                failed |= set() if step.is_ok else {step.title}
                if step.cause in UNHEARD and not line.budget.observed:
                    line.budget.remember_refusals(forgotten)
                yield step
            if is_ok:
                refuse_second(connection, line.connector.account_id())
                keep_told(connection, line.connector.told_settings())
                yield from prepare_objects(line, failed)
    except VendorError as error:
        yield failed_step("The connection", error)
    except DomainError as error:
        yield CheckStep("The connection", False, error.detail, " ".join(r for rs in error.errors.values() for r in rs))


def refuse_second(connection: Connection, account_id: str) -> None:
    """Two connections to one account would each take the other's writes for news."""
    others = Connection.objects.filter(vendor=connection.vendor, account_id=account_id, base_url=connection.base_url)
    if account_id and (other := others.exclude(pk=connection.pk).first()):
        raise ConflictError(
            f"The account is connected already, as {other.name}.",
            errors={"name": [f"Change {other.name} instead, or remove it first."]},
        )
    Connection.objects.filter(pk=connection.pk).update(account_id=account_id)
    connection.account_id = account_id


def keep_told(connection: Connection, told: Mapping[str, str]) -> None:
    """What the account says of itself counts, such as the time zone in which its day of calls ends."""
    if any(connection.options.get(name) != value for name, value in told.items()):
        connection.options = {**connection.options, **told}
        Connection.objects.filter(pk=connection.pk).update(options=connection.options)


def prepare_objects(line: Line, failed: Collection[str]) -> Iterator[CheckStep]:
    """Every object the vendor offers: its schema is read, and what can be mapped gets a suggested mapping. Of one whose step
    `failed` nothing more is said, unless it is left out for that."""
    for name, capability in line.vendor.objects.items():
        if not capability.can_pull:
            continue
        object, _ = SyncObject.objects.get_or_create(
            connection=line.connection,
            name=name,
            defaults={"kind": capability.kind, "order": ORDER.get(capability.kind, 100)},
        )
        try:
            step = prepare_object(line, object, capability)
        except VendorError as error:
            step = failed_step(capability.label, error, is_part=True)
            if SyncObject.objects.filter(pk=object.pk, schema={}).update(is_enabled=False):
                yield CheckStep(capability.label, True, f"Left out: {error.detail}", error.remedy)
                continue
        if capability.label not in failed:
            yield step


def prepare_object(line: Line, object: SyncObject, capability: ObjectCapability) -> CheckStep:
    if capability.kind not in MAPPED:
        return CheckStep(capability.label, True, "Read as it is")
    is_left_out = not object.is_enabled and not object.schema
    refresh_schema(line, object)
    if is_left_out:  # until now it could not be looked at
        SyncObject.objects.filter(pk=object.pk).update(is_enabled=True)
    fields = from_json(object.schema)
    left_out: list[str] = []
    if published_among(object.versions.all()) is None:
        left_out = publish_first_mapping(line.vendor, object, capability)
    version = published_among(object.versions.all())
    mapped = len(version.document["fields"]) if version else 0
    detail = f"{len(fields)} fields, {mapped} mapped"
    if object.set_aside:
        names = ", ".join(label_in(object.schema, fields, name) for name in object.set_aside)
        return CheckStep(
            capability.label, True, f"{detail}. Put aside: {names}.", "Its mapping says why, and what to do."
        )
    if not left_out:
        return CheckStep(capability.label, True, detail)
    return CheckStep(capability.label, True, f"{detail}. Left out: {'; '.join(left_out)}.", "Map them where wanted.")


def refresh_schema(line: Line, object: SyncObject) -> list[str]:
    """Read the schema again. What changed puts aside the mapped fields it touches, and nothing else; answers them."""
    before, found = from_json(object.schema), line.connector.describe(object.name)
    now = {field.name: field for field in found.fields}
    version = published_among(object.versions.all())
    rules = read_mapping(version.document, object.kind).mapping.rules if version else ()
    agreed = agreed_types(object.schema, rules, before)
    aside = put_aside(rules, agreed, now)
    # What goes on again by itself was not read meanwhile: everything is, once.
    again = {"backfilled_at": None, "backfill_position": None} if object.set_aside.keys() - aside.keys() else {}
    schema = {**as_json(found), AGREED: agreed, CALLED: names_of_vanished(object.schema, rules, before, now)}
    SyncObject.objects.filter(pk=object.pk).update(schema=schema, schema_at=timezone.now(), set_aside=aside, **again)
    object.refresh_from_db()
    return sorted(aside)


def pause_connection(*, connection: Connection, actor: User | None) -> None:
    with recording("pause_connection", actor=actor):
        Connection.objects.filter(pk=connection.pk).update(state=ConnectionState.PAUSED, updated_at=timezone.now())


def resume_connection(*, connection: Connection, actor: User | None) -> None:
    """Go on, now; a connection that was broken is tried again, and a vendor that had no more calls is asked again."""
    budget_of(connection).forget_refusals()
    with recording("resume_connection", actor=actor):
        Connection.objects.filter(pk=connection.pk).update(
            state=ConnectionState.ACTIVE, paused_until=None, problem={}, next_run_at=timezone.now()
        )


def change_connection(*, connection: Connection, values: Mapping[str, Any], actor: User | None) -> None:
    """How often it runs, and what it may do without approval."""
    guard = {name: values[name] for name in ("rows", "blank_outs", "creates", "sensitive")}
    guard["share"] = values["percent"] / 100
    with recording("change_connection", actor=actor):
        Connection.objects.filter(pk=connection.pk).update(
            every_seconds=values["every_seconds"],
            pushes_alone=values["pushes_alone"],
            guard={**connection.guard, **guard},
            updated_at=timezone.now(),
        )
