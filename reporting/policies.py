"""Who may read the numbers."""

from governance.policies import MARKETERS, READERS, Role

PERMISSIONS: dict[str, tuple[str, frozenset[str]]] = {
    "reporting.view_dashboard": ("See dashboards", MARKETERS | READERS | {Role.APPROVER}),
    "reporting.view_metric": ("Read metrics", MARKETERS | READERS | {Role.APPROVER, Role.INTEGRATION}),
}
