"""Every page of the product with one object of every kind, on top of the demo company: name → address."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.models import Suppression, User
from martech.models import (
    Account,
    Connection,
    Contract,
    Deal,
    ImportBatch,
    Monitor,
    Person,
    QualityFinding,
    RoutingDecision,
    Segment,
    SyncRun,
    TimeOff,
    Tool,
)
from martech.services.people import update_person
from martech.services.quality.fixes import start_fix
from mops.core import work
from planning.models import BudgetLine, Campaign, ExchangeRate
from tests.martech.sync.conftest import Rig
from tests.martech.test_duplicate_review import make_pair
from tests.martech.tracking.calls import make_source, post
from workflow.models import Request

LEADS = "email,first_name,last_name,company\nana@example.org,Ana,Ruiz,Helio\nnot-an-address,Bo,Lind,Helio\n"


def first(model: Any, **which: Any) -> Any:
    found = model.objects.filter(**which).order_by("pk").first()
    assert found is not None, f"the demo company has no {model.__name__}"
    return found


def everywhere() -> dict[str, str]:
    return {
        "dashboard": "/reporting/",
        "dashboard-narrowed": "/reporting/?channel=email&range=90d",
        "records": "/reporting/records/?metric=people_created",
        "due": "/due/",
        "search": "/search/?q=anna",
        "search-empty": "/search/",
    }


def planning() -> dict[str, str]:
    campaign, line = first(Campaign).get_absolute_url(), first(BudgetLine).get_absolute_url()
    return {
        "campaigns": "/planning/campaigns/",
        "campaign": campaign,
        "edit-campaign": f"{campaign}edit/",
        "new-campaign": "/planning/campaigns/new/",
        "calendar": "/planning/calendar/",
        "budget": "/planning/budget/",
        "budget-line": line,
        "new-line": "/planning/budget/new/",
        "rates": "/planning/rates/",
        "new-rate": "/planning/rates/new/",
        "rate": first(ExchangeRate).get_absolute_url(),
        "import-rates": "/planning/rates/import/",
    }


def workflow() -> dict[str, str]:
    return {
        "ask": "/workflow/ask/",
        "ask-campaign": "/workflow/ask/campaign/",
        "forms": "/workflow/forms/",
        "new-form": "/workflow/forms/new/",
        "form": "/workflow/forms/campaign/",
        "form-version": "/workflow/forms/campaign/versions/1/",
        "requests": "/workflow/requests/",
        "request": first(Request).get_absolute_url(),
        "request-to-decide": first(Request, state="submitted").get_absolute_url(),
    }


def governance(user: User) -> dict[str, str]:
    return {
        "consent": "/governance/consent/",
        "purpose": "/governance/consent/purposes/newsletter/",
        "new-purpose": "/governance/consent/purposes/new/",
        "suppressions": "/governance/suppression/",
        "suppress": "/governance/suppression/add/",
        "suppression": f"/governance/suppression/{first(Suppression).pk}/",
        "inbox": "/governance/inbox/",
        "profile": "/governance/profile/",
        "users": "/governance/users/",
        "user": f"/governance/users/{user.pk}/",
        "new-user": "/governance/users/new/",
        "naming": "/governance/naming/",
        "naming-rule": "/governance/naming/campaign/",
        "history": f"/governance/history/planning.campaign/{first(Campaign).pk}/",
    }


def people() -> dict[str, str]:
    pair = make_pair()
    met = Person.objects.filter(merged_into=None, lifecycle_stage="mql", account__isnull=False)
    person = met.order_by("-pk").first() or first(Person, merged_into=None)
    page = person.get_absolute_url()
    return {
        "people": "/martech/people/",
        "people-to-answer": "/martech/people/?answer=due&sort=answer_due_at&columns=answer_due_at&columns=company&view=to-answer",
        "nobody": "/martech/people/?q=nobody-has-this-name",
        "person": page,
        "new-person": "/martech/people/new/",
        "edit-person": f"{page}edit/",
        "move-person": f"{page}move/",
        "assign": f"{page}assign/",
        "merge-person": f"/martech/people/{pair.one_id}/merge/?other={pair.other_id}",
        "find-the-same": f"{page}merge/",
        "duplicates": "/martech/duplicates/",
        "match-rules": "/martech/duplicates/rules/",
        "match-rules-text": "/martech/duplicates/rules/text/",
        "merge-rules": "/martech/people/merge-rules/",
        "accounts": "/martech/accounts/",
        "account": first(Account).get_absolute_url(),
        "account-matching": "/martech/accounts/matching/",
        "deals": "/martech/deals/",
        "deal": first(Deal).get_absolute_url(),
    }


def audiences() -> dict[str, str]:
    segment = Segment.objects.order_by("-pk")[0].get_absolute_url()
    return {
        "segments": "/martech/segments/",
        "segment": segment,
        "new-segment": "/martech/segments/new/",
        "edit-segment": f"{segment}edit/",
        "export-segment": f"{segment}export/",
        "scoring": "/martech/scoring/",
        "new-scoring-rule": "/martech/scoring/engagement/new/",
        "edit-scoring-rule": "/martech/scoring/fit/1/",
        "scoring-settings": "/martech/scoring/settings/",
        "scoring-text": "/martech/scoring/text/",
        "scoring-dry-run": "/martech/scoring/dry-run/",
        "learned": "/martech/scoring/learned/",
        "edit-learned": "/martech/scoring/learned/edit/",
        "lifecycle": "/martech/lifecycle/",
        "lifecycle-text": "/martech/lifecycle/text/",
        "stage": "/martech/lifecycle/mql/",
        "stuck": "/martech/lifecycle/mql/stuck/",
    }


def routing() -> dict[str, str]:
    policy = "/martech/routing/inbound/"
    member = "ana.ferreira@brightline.example"
    return {
        "routing": "/martech/routing/",
        "policy": policy,
        "new-policy": "/martech/routing/new/",
        "policy-text": f"{policy}text/",
        "policy-version": f"{policy}versions/1/",
        "policy-settings": f"{policy}settings/",
        "policy-response": f"{policy}response/",
        "new-rule": f"{policy}rules/new/",
        "edit-rule": f"{policy}rules/1/",
        "rule-leads": f"{policy}rules/1/leads/",
        "new-pool": f"{policy}pools/new/",
        "edit-pool": f"{policy}pools/DACH/",
        "member-caps": f"{policy}pools/DACH/caps/{member}/",
        "try-policy": f"{policy}try/",
        "replay": f"{policy}replay/",
        "calendars": "/martech/routing/hours/",
        "new-calendar": "/martech/routing/hours/new/",
        "edit-calendar": "/martech/routing/hours/berlin/",
        "time-off": "/martech/routing/time-off/",
        "new-time-off": "/martech/routing/time-off/new/",
        "edit-time-off": first(TimeOff).get_absolute_url(),
        "board": "/martech/routing/board/",
        "outlook": "/martech/routing/outlook/",
        "decisions": "/martech/routing/decisions/",
        "decision": first(RoutingDecision).get_absolute_url(),
    }


def quality(user: User) -> dict[str, str]:
    monitor = f"/martech/quality/monitors/{first(Monitor).key}/"
    finding = QualityFinding.objects.first()
    fix = start_fix(kind="tidy", field="first_name", options={}, actor=user)
    work.run_due("quality")
    return {
        "quality": "/martech/quality/",
        "findings": "/martech/quality/findings/",
        **({"finding": finding.get_absolute_url()} if finding else {}),
        "fixes": "/martech/quality/fixes/",
        "new-fix": "/martech/quality/fixes/new/",
        "fix": fix.get_absolute_url(),
        "kinds-of-monitor": "/martech/quality/monitors/new/",
        "new-monitor": "/martech/quality/monitors/new/?kind=completeness",
        "monitor": monitor,
        "edit-monitor": f"{monitor}edit/",
        "failing-people": f"{monitor}people/",
    }


def imports(user: User) -> dict[str, str]:
    """A file in every state of the wizard."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def upload(name: str, content: bytes) -> ImportBatch:
        file = SimpleUploadedFile(name, content)
        client.post("/martech/imports/", {"kind": "people", "source": name, "file": file})
        return ImportBatch.objects.latest("pk")

    def step(batch: ImportBatch, name: str) -> None:
        columns = {f"column-{at}": batch.mapping["columns"].get(one, "") for at, one in enumerate(batch.columns)}
        client.post(f"/martech/imports/{batch.pk}/step/", {"step": name, **columns})
        work.run_due("import")
        batch.refresh_from_db()

    unreadable = upload("encoding.csv", "email,first_name\nana@example.org,Łukasz\n".encode("cp1250"))
    fresh, seen, done = (upload(f"{name}.csv", LEADS.encode()) for name in ("fresh", "seen", "done"))
    step(seen, "preview")
    step(done, "preview")
    step(done, "apply")
    return {
        "imports": "/martech/imports/",
        "import-encoding": unreadable.get_absolute_url(),
        "import-columns": fresh.get_absolute_url(),
        "import-preview": seen.get_absolute_url(),
        "import-done": done.get_absolute_url(),
    }


def tools() -> dict[str, str]:
    tool = Tool.objects.get(name="Livestorm")
    contract = first(Contract, tool=tool)
    page = tool.get_absolute_url()
    return {
        "tools": "/martech/tools/",
        "tool": page,
        "new-tool": "/martech/tools/new/",
        "edit-tool": f"{page}edit/",
        "new-contract": f"{page}contracts/new/",
        "edit-contract": f"{page}contracts/{contract.pk}/",
        "keep-contract": f"{page}contracts/{contract.pk}/keep/",
        "tool-map": "/martech/tools/map/",
        "tool-capabilities": "/martech/tools/capabilities/",
        "tool-contracts": "/martech/tools/contracts/",
        "tool-overlap": "/martech/tools/overlap/",
        "tool-import": "/martech/tools/import/",
        "tool-survey": "/martech/tools/survey/",
    }


def sources() -> dict[str, str]:
    source, key = make_source()
    post(key, "track", {"event": "Demo Requested", "userId": "u1"})
    post(key, "track", {"userId": "u1"})
    page = source.get_absolute_url()
    return {"sources": "/martech/sources/", "source": page, "edit-source": f"{page}edit/"}


def sync(rig: Rig) -> dict[str, str]:
    """A connection that pulled, was told to ask before it writes, refused a record, and was compared."""
    one = rig.account.put("contacts", {"email": "ana.sync@example.org", "firstname": "Ana", "jobtitle": "CMO"})
    rig.sync()
    rig.account.put("contacts", {"jobtitle": "CEO"}, one)
    pulled = rig.sync()["pull contacts"]
    Connection.objects.update(pushes_alone=False)
    person = Person.objects.get(email="ana.sync@example.org")
    update_person(person=person, data={"company": "Helio"}, actor=None)
    held = rig.sync()["push contacts"]
    compared = rig.compare("contacts")
    title = {"field": "person.job_title", "op": "eq", "value": "CEO"}
    part = rig.compare(
        "contacts", {"way": "condition", "asked": title, "condition": title, "words": "Job title is CEO"}
    )
    failed = SyncRun.objects.create(
        connection=rig.connection, object=rig.object(), kind="pull", state="failed", problem={"detail": "It is down."}
    )
    rig.object().held_values.create(external_id=one, local_id=person.pk, field="company", ours="Helio", theirs="Helios")
    rig.object().dead_letters.create(direction="pull", external_id="9", reason="unknown_option", field="lifecyclestage")
    page = rig.connection.get_absolute_url()
    return {
        "connections": "/martech/sync/",
        "connection": page,
        "connect-hubspot": "/martech/sync/new/hubspot/",
        "connect-salesforce": "/martech/sync/new/salesforce/",
        "connect-marketo": "/martech/sync/new/marketo/",
        "credentials": f"{page}edit/",
        "connection-settings": f"{page}settings/",
        "connection-test": f"{page}test/",
        "mapping": f"{page}contacts/mapping/",
        "new-mapped-field": f"{page}contacts/mapping/new/",
        "mapped-field": f"{page}contacts/mapping/1/",
        "mapping-records": f"{page}contacts/mapping/records/",
        "ask-proof": f"{page}contacts/proof/?again={part.pk}",
        "run-part-compared": part.get_absolute_url(),
        "runs": "/martech/sync/runs/",
        "run-pulled": pulled.get_absolute_url(),
        "run-held": held.get_absolute_url(),
        "run-writes": f"{held.get_absolute_url()}writes/",
        "run-changes": f"{pulled.get_absolute_url()}changes/",
        "run-differences": f"{compared.get_absolute_url()}differences/",
        "run-compared": compared.get_absolute_url(),
        "run-failed": failed.get_absolute_url(),
        "letters": "/martech/sync/letters/",
        "first-contact": "/martech/sync/first-contact/",
        "corrections": "/martech/sync/corrections/",
        "synced-person": person.get_absolute_url(),
    }
