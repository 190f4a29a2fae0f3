"""Who holds a right: whom to ask when one may not do something oneself."""

from governance.models import User
from mops.core.rights import permissions

NAMED = 3


def who_may(permission: str) -> str:
    """The people to ask as a part of a sentence: “Ana, Bo or 2 others”; empty where nobody holds the right.

    Whoever has no other role than administrator comes last: it is seldom their work.
    """
    roles = next(one.roles for one in permissions() if one.key == permission)
    holders = User.objects.filter(is_active=True, roles__overlap=sorted(roles)).order_by("name", "email")
    found = sorted(holders, key=lambda user: user.roles == ["admin"])
    names = [str(user) for user in found[:NAMED]]
    if rest := len(found) - len(names):
        names.append(f"{rest} other{'s' if rest > 1 else ''}")
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
