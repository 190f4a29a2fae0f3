"""What a person's page says besides who they are: why each value is what it is, and what would be sent where."""

from django.http import HttpRequest

from martech.models import Person
from martech.selectors.provenance import origins_of
from martech.sendings import sendings_of
from mops.core.registry import Panel


def origins_panel(request: HttpRequest, person: Person) -> Panel | None:
    """Every value with its source, its time and by whom."""
    origins = origins_of(request.user, person)
    if not origins:
        return None
    return Panel("Why each value is what it is", "martech/origins_panel.html", {"origins": origins}, place="main")


def sendings_panel(request: HttpRequest, person: Person) -> Panel | None:
    """What would be sent to which system."""
    context = {"sendings": sendings_of(request.user, person)}
    return Panel("What would be sent", "martech/sendings_panel.html", context, place="main")
