"""Where HubSpot's resources are: under v3 (associations: v4), or under a date that HubSpot supports for 18 months."""

from dataclasses import dataclass

VERSIONS = ("v3", "2025-09", "2026-03", "2026-09")
JOURNAL_VERSIONS = ("2026-03", "2026-09")
PUBLIC = "https://api.hubapi.com"


@dataclass(frozen=True)
class Paths:
    version: str = "v3"

    def of(self, area: str, name: str, legacy: str = "v3") -> str:
        """`/crm/v3/objects` or `/crm/objects/2026-03`."""
        return f"/{area}/{legacy}/{name}" if self.version == "v3" else f"/{area}/{name}/{self.version}"

    def objects(self, object: str, rest: str = "") -> str:
        return f"{self.of('crm', 'objects')}/{object}{rest}"

    def links(self, object: str, to: str) -> str:
        return f"{self.of('crm', 'associations', 'v4')}/{object}/{to}/batch/read"

    def properties(self, object: str) -> str:
        return f"{self.of('crm', 'properties')}/{object}"

    def pipelines(self, object: str) -> str:
        return f"{self.of('crm', 'pipelines')}/{object}"

    def owners(self) -> str:
        return self.of("crm", "owners")

    def journal(self, rest: str) -> str:
        """Of the portal alone: an app may be installed in others, too."""
        return f"/webhooks-journal/journal-local/{self.journal_version}/{rest}"

    def subscriptions(self) -> str:
        return f"/webhooks-journal/subscriptions/{self.journal_version}"

    @property
    def journal_version(self) -> str:
        """The journal is younger than v3 and 2025-09."""
        return self.version if self.version in JOURNAL_VERSIONS else JOURNAL_VERSIONS[0]

    def campaigns(self, rest: str = "") -> str:
        return self.of("marketing", "campaigns") + rest


ACCOUNT = "/account-info/v3/details"
USAGE = "/account-info/v3/api-usage/daily/private-apps"
TOKEN = "/oauth/v1/token"  # noqa: S105 (an address)
