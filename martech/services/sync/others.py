"""What is read and not mapped: campaigns with their costs, and what people over there did with our people."""

from martech.services.sync.course import Line


def pull_others(line: Line) -> None:
    """Campaigns, spend and activities, as far as the vendor has them."""
