"""Changing the tool inventory: tools with their capabilities, contracts, integrations, the survey, reminders."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from governance.models import User
from governance.policies import OPERATORS
from governance.services.notifications import Notice, send_notices
from martech.models import Answer, Contract, Integration, Tool, ToolCapability, ToolState, UsageQuestion
from martech.selectors.stack import evidence_by_system
from martech.stack.taxonomy import AREA_OF, AREAS, CAPABILITIES, DATA
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.money import is_currency_code

REMIND_AT = (60, 30, 7)
"""Days before the last day of notice on which its owner is reminded, once each."""
ASK_AGAIN = timedelta(days=7)
TERMS = ("starts_on", "renews_on", "notice_days", "seats", "yearly")
LONGEST_NOTICE = 3_650


def save_tool(*, tool: Tool | None = None, actor: User | None, values: Mapping[str, Any]) -> Tool:
    """Create or change a tool with its `capabilities`; what is not given stays. Raises DomainError, ConflictError."""
    given = dict(values)
    said = given.pop("capabilities", None)
    capabilities = list(dict.fromkeys(said or ()))
    check_tool(given, capabilities)
    if tool is None:
        given["area"] = given.get("area") or (AREA_OF[capabilities[0]] if capabilities else "run")
    try:
        with transaction.atomic(), recording("save_tool", actor=actor):
            if tool is None:
                tool = Tool.objects.create(**given)
            else:
                Tool.objects.filter(pk=tool.pk).update(**given, updated_at=timezone.now())
                tool.refresh_from_db()
            if said is not None:
                set_capabilities(tool, capabilities)
    except IntegrityError:
        raise ConflictError(
            "There is a tool of this name.",
            errors={"name": ["Choose another name, or change that tool."]},
            kind="duplicate",
        ) from None
    return tool


def check_tool(given: Mapping[str, Any], capabilities: Sequence[str]) -> None:
    errors: dict[str, list[str]] = {}
    if not str(given.get("name", "")).strip():
        errors["name"] = ["Give the tool's name."]
    if unknown := [key for key in capabilities if key not in CAPABILITIES]:
        errors["capabilities"] = [f"Nobody knows the capability “{unknown[0]}”."]
    if unknown := [key for key in given.get("holds", ()) if key not in dict(DATA)]:
        errors["holds"] = [f"Nobody knows the data “{unknown[0]}”."]
    if given.get("area") and given["area"] not in AREAS:
        errors["area"] = [f"Use one of {', '.join(AREAS)}."]
    if given.get("state") and given["state"] not in ToolState.values:
        errors["state"] = [f"Use one of {', '.join(ToolState.values)}."]
    if errors:
        raise DomainError("The tool was not saved.", errors=errors)


def set_capabilities(tool: Tool, keys: Sequence[str]) -> None:
    """Those that stay keep what colleagues said of them."""
    tool.capabilities.exclude(key__in=keys).delete()
    ToolCapability.objects.bulk_create([ToolCapability(tool=tool, key=key) for key in keys], ignore_conflicts=True)


def save_contract(
    *, tool: Tool, contract: Contract | None = None, actor: User | None, values: Mapping[str, Any]
) -> Contract:
    """Add or change a contract; a new last day of notice is reminded of anew. Raises DomainError."""
    given = {**values, "currency": (values.get("currency") or settings.BASE_CURRENCY).upper()}
    if errors := contract_errors(given, contract):
        raise DomainError("The contract was not saved.", errors=errors)
    with transaction.atomic(), recording("save_contract", actor=actor):
        if contract is None:
            return Contract.objects.create(tool=tool, **given)
        before = contract.notice_on
        Contract.objects.filter(pk=contract.pk).update(**given)
        contract.refresh_from_db()
        if contract.notice_on != before:
            Contract.objects.filter(pk=contract.pk).update(reminded_days=None)
        return contract


def contract_errors(given: Mapping[str, Any], known: Contract | None) -> dict[str, list[str]]:
    """{field: [what would be right]} of a contract as it would be with what is given."""
    wanted = {name: given.get(name, getattr(known, name, None)) for name in TERMS}
    starts, renews, notice = wanted["starts_on"], wanted["renews_on"], wanted["notice_days"]
    errors: dict[str, list[str]] = {}
    if not is_currency_code(given["currency"]):
        errors["currency"] = ["Use a currency code of three letters, like EUR."]
    if starts and renews and renews <= starts:
        errors["renews_on"] = ["It renews after it starts."]
    elif starts and renews and notice and notice > (term := (renews - starts).days):
        errors["notice_days"] = [f"From its start to its renewal are {term:,} days; notice cannot be longer."]
    if notice is not None and not 0 <= notice <= LONGEST_NOTICE:
        errors["notice_days"] = [f"Use a number of days from 0 to {LONGEST_NOTICE:,}."]
    if wanted["seats"] is not None and wanted["seats"] < 1:
        errors["seats"] = ["Use a number of 1 or more, or leave it empty."]
    if wanted["yearly"] is not None and wanted["yearly"] < 0:
        errors["yearly"] = ["Give an amount of 0 or more."]
    return errors


def delete_contract(*, contract: Contract, actor: User | None) -> None:
    """Take a contract away; its history stays."""
    with transaction.atomic(), recording("delete_contract", actor=actor):
        Contract.objects.filter(pk=contract.pk).delete()


def connect_tools(*, start: Tool, end: Tool, what: str, is_both_ways: bool, actor: User | None) -> Integration:
    """Say that data go from one tool to another; said again, it is changed. Raises DomainError."""
    if start.pk == end.pk:
        raise DomainError("Choose two different tools.", errors={"end": ["Choose another tool than this one."]})
    with transaction.atomic(), recording("connect_tools", actor=actor):
        found, _is_new = Integration.objects.update_or_create(
            start=start, end=end, defaults={"what": what[:200], "is_both_ways": is_both_ways}
        )
    return found


def disconnect_tools(*, integration: Integration, actor: User | None) -> None:
    with transaction.atomic(), recording("disconnect_tools", actor=actor):
        Integration.objects.filter(pk=integration.pk).delete()


def ask_colleagues(*, tool: Tool, users: Iterable[User], actor: User | None) -> int:
    """Ask each of them once about every capability of a tool that is not seen in use; answers how many questions are new."""
    people, keys = list(users), unseen_capabilities(tool)
    wanted = [UsageQuestion(capability=one, user=user) for user in people for one in keys]
    with transaction.atomic(), recording("ask_colleagues", actor=actor):
        known = set(UsageQuestion.objects.filter(capability__in=keys).values_list("capability", "user"))
        fresh = [one for one in wanted if (one.capability_id, one.user_id) not in known]
        UsageQuestion.objects.bulk_create(fresh, ignore_conflicts=True)
        told = {one.user_id for one in fresh}
        send_notices(
            Notice(pk, "survey", f"Do you use {tool.name}?", "One click a question.", reverse("martech:stack-survey"))
            for pk in sorted(told)
        )
    return len(fresh)


def unseen_capabilities(tool: Tool) -> list[ToolCapability]:
    """What nothing shows to be used: of the others an answer would change nothing."""
    evidence = evidence_by_system(timezone.now()).get(tool.system, []) if tool.system else []
    seen = {key for one in evidence if one.count for key in one.capabilities}
    return [one for one in tool.capabilities.all() if one.key not in seen]


def answer_question(*, question: UsageQuestion, user: User, answer: str) -> bool:
    """Keep an answer; a later one replaces it. Only who was asked may answer. Raises DomainError."""
    if answer not in Answer.values:
        raise DomainError("Unknown answer.", errors={"answer": [f"Use one of {', '.join(Answer.values)}."]})
    now = timezone.now()
    return bool(UsageQuestion.objects.filter(pk=question.pk, user=user).update(answer=answer, answered_at=now))


def remind(now: datetime) -> int:
    """Once a day: renewals whose notice comes near, and questions that wait for a week. Answers the notices sent."""
    with transaction.atomic():
        return remind_of_renewals(now) + remind_of_questions(now)


def remind_of_renewals(now: datetime) -> int:
    """Tell a tool's owner, or marketing operations where it has none or they left, at each distance once; of a contract
    that is said to be kept nobody is reminded."""
    today, notices = timezone.localdate(now), []
    rows = Contract.objects.filter(renews_on__gte=today).exclude(tool__state=ToolState.GONE)
    rows = rows.select_related("tool__owner")
    operators = list(User.objects.filter(is_active=True, roles__overlap=sorted(OPERATORS)).values_list("pk", flat=True))
    for contract in rows:
        left = (contract.notice_on - today).days if contract.notice_on else -1
        step = min((days for days in REMIND_AT if left <= days), default=None)
        if left < 0 or step is None or contract.is_kept:
            continue
        later = Q(reminded_days=None) | Q(reminded_days__gt=step)
        if not Contract.objects.filter(later, pk=contract.pk).update(reminded_days=step):
            continue
        title, detail = reminder_of(contract)
        owner = contract.tool.owner
        for pk in [owner.pk] if owner is not None and owner.is_active else operators:
            notices.append(Notice(pk, "renewal", title, detail, contract.tool.get_absolute_url()))
    return send_notices(notices)


def reminder_of(contract: Contract) -> tuple[str, str]:
    """Title and detail. Only what renews by itself can be given notice; what simply ends has to be renewed in time."""
    if contract.is_automatic:
        title = f"{contract.tool} can be given notice until {contract.notice_on:%-d %b %Y}"
        return title, f"It renews by itself on {contract.renews_on:%-d %b %Y}."
    detail = f"Decide by {contract.notice_on:%-d %b %Y}: renew it, or let it end."
    return f"The contract of {contract.tool} ends on {contract.renews_on:%-d %b %Y}", detail


def remind_of_questions(now: datetime) -> int:
    """Each question is reminded of once; one line a colleague, however many wait."""
    waiting = UsageQuestion.objects.filter(answer="", reminded_at=None, asked_at__lte=now - ASK_AGAIN)
    with transaction.atomic():
        users = set(waiting.select_for_update().values_list("user", flat=True))
        waiting.update(reminded_at=now)
        if not users:
            return 0
        title = "Questions about tools wait for you"
        return send_notices(Notice(pk, "survey", title, "", reverse("martech:stack-survey")) for pk in sorted(users))
