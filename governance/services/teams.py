"""Teams: people who work together; a sales team has a region."""

from django.db import transaction

from governance.models import Team, User
from mops.core.duplicates import refusing_duplicates
from mops.core.errors import DomainError
from mops.core.history import recording


def save_team(*, name: str, region: str, actor: User | None, team: Team | None = None) -> Team:
    """Create a team, or change `team`. Raises DomainError without a name, ConflictError for one that is taken."""
    name, region = " ".join(name.split()), region.strip()
    if not name or len(name) > 120:
        raise DomainError("The team was not saved.", errors={"name": ["Give a name of at most 120 characters."]})
    with (
        refusing_duplicates("The team was not saved.", "name", f"{name} exists already."),
        transaction.atomic(),
        recording("change_team" if team else "create_team", actor=actor),
    ):
        if team is None:
            return Team.objects.create(name=name, region=region)
        Team.objects.filter(pk=team.pk).update(name=name, region=region)
    team.refresh_from_db()
    return team
