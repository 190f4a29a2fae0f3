"""What happens to records by the hands of people in the org: merged, converted, destroyed, restored."""

from collections.abc import Sequence

from martech.twins.salesforce.picklists import STAGES
from martech.twins.salesforce.store import Row, Store, Values

MERGEABLE = frozenset({"Lead", "Contact", "Account"})
TAKEN = {"Phone": "Phone", "Email": "Email", "Title": "Title", "MobilePhone": "MobilePhone", "LeadSource": "LeadSource"}


def merge(store: Store, object: str, master: str, losers: Sequence[str]) -> None:
    """Up to two losers vanish into the master, which keeps its values; their children move over and are stamped."""
    if object not in MERGEABLE or not 1 <= len(losers) <= 2:
        raise ValueError("merge two or three records of Lead, Contact or Account")
    table = store.tables[object]
    survivor = table.rows[master]
    for id in losers:
        loser = table.rows[id]
        for child, field, row in list(store.children(id)):
            store.replace(child, row, {field: master})
        store.delete(object, loser, into=master)
    store.replace(object, survivor, {})


def convert(store: Store, lead_id: str, *, account: str = "", opportunity: str = "") -> dict[str, str]:
    """Turn a lead into a contact at an account, and an opportunity of that name; the lead itself cannot change again."""
    lead = store.tables["Lead"].rows[lead_id]
    values = lead.values
    owner = {"OwnerId": values["OwnerId"]}
    if not account:
        company = {"Name": values["Company"], "Website": values.get("Website"), "Industry": values.get("Industry")}
        account = store.insert("Account", {**company, **owner}).id
    contact = store.insert("Contact", {**_contact(values), **owner, "AccountId": account}).id
    made = {"ConvertedAccountId": account, "ConvertedContactId": contact}
    if opportunity:
        made["ConvertedOpportunityId"] = _opportunity(store, opportunity, account, contact, owner)
    day = store.now()[:10]
    changes = {"IsConverted": True, "ConvertedDate": day, "Status": "Closed - Converted", **made}
    store.replace("Lead", lead, changes)
    for row in store.tables["CampaignMember"].find("LeadId", lead_id):
        store.replace("CampaignMember", row, {"ContactId": contact})
    for object in ("Task", "Event"):
        for row in store.tables[object].find("WhoId", lead_id):
            store.replace(object, row, {"WhoId": contact, "AccountId": account})
    return made


def _contact(values: Values) -> Values:
    kept = {theirs: values.get(ours) for ours, theirs in TAKEN.items()}
    names = {
        name: values.get(name) for name in ("FirstName", "LastName", "Name", "HasOptedOutOfEmail", "Legacy_Key__c")
    }
    place = {f"Mailing{name}": values.get(name) for name in ("Street", "City", "State", "PostalCode", "Country")}
    return {**kept, **names, **place}


def _opportunity(store: Store, name: str, account: str, contact: str, owner: Values) -> str:
    probability, category = STAGES["Prospecting"]
    figures = {"StageName": "Prospecting", "Probability": probability, "ForecastCategory": category}
    close = {"CloseDate": store.now()[:10], "CurrencyIsoCode": "EUR", "IsClosed": False, "IsWon": False}
    row = store.insert("Opportunity", {"Name": name, "AccountId": account, **figures, **close, **owner})
    store.insert("OpportunityHistory", {"OpportunityId": row.id, "CloseDate": close["CloseDate"], **figures})
    role = {"OpportunityId": row.id, "ContactId": contact, "IsPrimary": True}
    store.insert("OpportunityContactRole", role)
    return row.id


def destroy(store: Store, object: str, id: str) -> None:
    """Gone without a tombstone in queryAll; only getDeleted knew, while its log lasts."""
    table = store.tables[object]
    table.log(id, store.now())
    table.remove(id)


def restore(store: Store, object: str, id: str) -> Row:
    """Out of the recycle bin again."""
    return store.replace(object, store.tables[object].rows[id], {"IsDeleted": False, "MasterRecordId": None})
