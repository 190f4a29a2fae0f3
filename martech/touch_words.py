"""Kinds of touches in words. Pure."""

TOUCH_WORDS = {
    "form": "Filled in a form",
    "page": "Visited a page",
    "download": "Downloaded something",
    "email_sent": "Was sent an e-mail",
    "email_open": "Opened an e-mail",
    "email_click": "Clicked in an e-mail",
    "click": "Clicked a link",
    "ad_click": "Clicked an ad",
    "webinar": "Attended a webinar",
    "meeting": "Met us",
    "call": "Spoke with us by phone",
    "signup": "Signed up",
}


def touch_words(kind: str) -> str:
    """What a kind of touch means; one nobody named here is told by its own name."""
    return TOUCH_WORDS.get(kind) or kind.replace("_", " ").capitalize()
