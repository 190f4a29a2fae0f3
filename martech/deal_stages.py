"""What a source's word for a stage of a deal means. Pure."""

WON = frozenset({"won", "closed won", "closedwon", "gewonnen", "ganado"})
LOST = frozenset({"lost", "closed lost", "closedlost", "verloren", "perdido"})


def state_of_stage(stage: str) -> str:
    """Won, lost or open, as DealState has them."""
    word = " ".join(stage.lower().replace("_", " ").replace("-", " ").split())
    return "won" if word in WON else "lost" if word in LOST else "open"
