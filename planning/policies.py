"""Who may plan."""

from governance.policies import EVERYBODY, MARKETERS, OPERATORS, READERS, Role

PERMISSIONS: dict[str, tuple[str, frozenset[str]]] = {
    "planning.view_campaign": ("See campaigns", EVERYBODY),
    "planning.edit_campaign": ("Create and change campaigns", MARKETERS | {Role.INTEGRATION}),
    "planning.view_budget": ("See budgets", MARKETERS | READERS | {Role.APPROVER, Role.INTEGRATION}),
    "planning.edit_budget": ("Plan budgets and enter costs", OPERATORS | {Role.LEADER, Role.INTEGRATION}),
}
