"""How the Django admin looks: the product's own colours and font, and the way back to the builders of the app."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

BUILDERS = {
    "martech:routing",
    "martech:scoring",
    "martech:lifecycle",
    "martech:segments",
    "martech:quality",
    "martech:connections",
    "governance:naming",
    "governance:consent",
    "planning:rates",
    "workflow:forms",
}
"""What is built in the app, with checks and previews; the admin reads or lists it at most."""


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar: what is built in the app first, then every list of the admin."""
    from django.contrib import admin

    from mops.core.pages import Shell

    built = [
        {"title": item.label, "link": reverse(item.url_name), "active": False}
        for item in Shell(request).items
        if item.url_name in BUILDERS
    ]
    groups: list[dict[str, Any]] = [{"title": "Built in the app", "items": built}]
    for app in admin.site.get_app_list(request):
        lists = [{"title": one["name"], "link": one["admin_url"]} for one in app["models"] if one["admin_url"]]
        groups.append({"title": app["name"], "items": lists, "separator": True})
    return groups


UNFOLD = {
    "SITE_TITLE": "mops",
    "SITE_HEADER": "mops",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("icon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}],
    "SHOW_HISTORY": False,
    "SIDEBAR": {"show_search": True, "navigation": navigation},
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("vendor/inter.css"), lambda request: static("css/admin.css")],
    "COLORS": {
        # The neutrals of static/css/tokens.css, light to dark.
        "base": {
            "50": "248 250 252",
            "100": "243 245 249",
            "200": "229 233 240",
            "300": "203 211 224",
            "400": "163 176 196",
            "500": "100 112 138",
            "600": "82 96 119",
            "700": "51 65 92",
            "800": "35 48 71",
            "900": "17 26 46",
            "950": "11 17 32",
        },
        "primary": {
            "50": "238 242 255",
            "100": "224 231 255",
            "200": "199 210 254",
            "300": "165 180 252",
            "400": "129 140 248",
            "500": "99 102 241",
            "600": "79 70 229",
            "700": "67 56 202",
            "800": "55 48 163",
            "900": "49 46 129",
            "950": "30 27 75",
        },
    },
}
