"""Calls of the API with a token, as a script makes them."""

import json
from typing import Any

from django.test import Client

from governance.models import User
from tests.factories import make_token


class Api:
    """`api("PUT", "deals/7/", {…}, **{"If-Match": …})`, as somebody of a role, or as a user."""

    def __init__(self, role: str = "ops_manager", user: User | None = None, scope: str = "write") -> None:
        token = make_token(user, scope=scope, role=role)
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
        )
