"""The demo company: a mid-market software company with 18 months behind it. Used by `manage.py seed_demo`."""


def sign_ins() -> list[str]:
    """Who can sign in to the demo company loaded here, a line each; nothing when there is none."""
    from mops.demo import keys, seeding

    password = keys.kept_password()
    return seeding.sign_ins(password) if password else []
