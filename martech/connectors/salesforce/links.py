"""Associations: roles on opportunities, members of campaigns, and the plain references of a record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from martech.connectors.errors import Misconfigured
from martech.connectors.marketing import StageEntered
from martech.connectors.port import Link
from martech.connectors.salesforce.reading import READ_BY_VALUE, Reading
from martech.connectors.salesforce.soql import parsed, query, texts


@dataclass(frozen=True)
class Way:
    """How two objects hang together: by rows of `through`, read as (this end, other end, role, primary)."""

    through: str
    here: str
    there: str
    role: str = ""
    primary: str = ""


ROLES, MEMBERS = "OpportunityContactRole", "CampaignMember"
WAYS: dict[tuple[str, str], Way] = {
    ("Opportunity", "Contact"): Way(ROLES, "OpportunityId", "ContactId", "Role", "IsPrimary"),
    ("Contact", "Opportunity"): Way(ROLES, "ContactId", "OpportunityId", "Role", "IsPrimary"),
    ("Campaign", "Contact"): Way(MEMBERS, "CampaignId", "ContactId", "Status"),
    ("Campaign", "Lead"): Way(MEMBERS, "CampaignId", "LeadId", "Status"),
    ("Contact", "Campaign"): Way(MEMBERS, "ContactId", "CampaignId", "Status"),
    ("Lead", "Campaign"): Way(MEMBERS, "LeadId", "CampaignId", "Status"),
    ("Contact", "Account"): Way("Contact", "Id", "AccountId"),
    ("Account", "Contact"): Way("Contact", "AccountId", "Id"),
    ("Opportunity", "Account"): Way("Opportunity", "Id", "AccountId"),
    ("Account", "Opportunity"): Way("Opportunity", "AccountId", "Id"),
    ("Opportunity", "Campaign"): Way("Opportunity", "Id", "CampaignId"),
    ("Account", "Account"): Way("Account", "Id", "ParentId"),
}


def link_objects(object: str) -> tuple[str, ...]:
    return tuple(there for here, there in WAYS if here == object)


class Links:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def of(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        """Raises Misconfigured for objects that do not hang together."""
        way = WAYS.get((object, to_object))
        if way is None:
            raise Misconfigured(f"Salesforce links no {object} to a {to_object}.")
        if way.through == object and way.here == "Id":
            return [
                Link(object, record.id, to_object, str(there), "", True)
                for record in self.reading.named(object, [way.there], ids, by="")
                if (there := record.values[way.there])
            ]
        return [link for part in _parts(ids) for link in self._some(object, to_object, way, part)]

    def _some(self, object: str, to_object: str, way: Way, ids: Sequence[str]) -> Iterator[Link]:
        fields = ["Id", *filter(None, [way.here, way.there, way.role, way.primary])]
        conditions = [f"{way.here} IN {texts(ids)}", f"{way.there} != null"]
        for row in self.reading.all_rows(query(way.through, fields, conditions, "Id")):
            role = row[way.role] or "" if way.role else ""
            is_primary = bool(row[way.primary]) if way.primary else way.through not in (ROLES, MEMBERS)
            yield Link(object, row[way.here], to_object, row[way.there], role, is_primary)

    def stages(self, ids: Sequence[str]) -> list[StageEntered]:
        """The stages opportunities went through, oldest first for each of them."""
        found: list[StageEntered] = []
        for part in _parts(ids):
            fields = ["Id", "OpportunityId", "StageName", "Amount", "CreatedDate"]
            soql = query("OpportunityHistory", fields, [f"OpportunityId IN {texts(part)}"], "CreatedDate, Id")
            for row in self.reading.all_rows(soql):
                if moment := parsed(row["CreatedDate"]):
                    found.append(StageEntered(row["OpportunityId"], row["StageName"], moment, row["Amount"]))
        return sorted(found, key=lambda one: (one.deal_id, one.at))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), READ_BY_VALUE):
        yield ids[start : start + READ_BY_VALUE]
