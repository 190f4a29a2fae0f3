"""What reporting tells the kernel when the process starts."""

from mops.core.invariants import register_invariants
from mops.core.registry import register_action, register_area, register_home, register_nav, register_panel
from mops.core.rights import register_permissions
from planning.without_rate import register_without_rate
from reporting.invariants import INVARIANTS
from reporting.policies import PERMISSIONS


def register() -> None:
    """Called once by the app's `ready`."""
    from reporting.panels import results_panel
    from reporting.selectors.without_rate import market_without_rate

    register_permissions(PERMISSIONS)
    register_without_rate(market_without_rate)
    register_invariants(INVARIANTS)
    register_area("reporting", "Reporting", order=40)
    register_nav(
        "reporting", "Dashboards", "reporting:dashboard", "chart-histogram", "reporting.view_dashboard", order=10
    )
    register_action("Executive dashboard", "reporting:dashboard", "reporting.view_dashboard", "report numbers funnel")
    register_panel("planning.campaign", results_panel, order=10)
    for order, role in enumerate(["leader", "analyst", "auditor"]):
        register_home(role, "reporting:dashboard", order=order)
