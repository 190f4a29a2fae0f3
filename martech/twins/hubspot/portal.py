"""What a portal has besides records: properties, owners, pipelines, the account and its tokens."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from martech.twins.hubspot.account import APP, CLIENT_ID, CLIENT_SECRET, PORTAL, REFRESH
from martech.twins.hubspot.answers import Refused, invalid, not_found
from martech.twins.hubspot.schema import DEAL_STAGES, NAMES, SINGULAR, Property, altered
from martech.twins.serving import Answer, Call, answer_json

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

MOST_UNIQUE = 10


class Portal:
    def __init__(self, twin: "HubSpotTwin", owners: list[dict[str, Any]]) -> None:
        self.twin, self.store, self.owners = twin, twin.store, owners
        self.codes: dict[str, str] = {}
        """Codes of the sign-in that are still worth tokens, and for which redirect URI."""

    def has_active_owner(self, id: str) -> bool:
        return any(owner["id"] == id and not owner["archived"] for owner in self.owners)

    def schema(self, object: str, right: str) -> dict[str, Property]:
        if object not in NAMES:
            raise invalid(f"Unable to infer object type from: {object}")
        name = NAMES[object]
        scope = f"crm.schemas.{name}.{right}"
        if name in ("contacts", "companies", "deals") and (
            right == "write" or f"crm.objects.{name}.read" not in self.twin.account.scopes
        ):
            self.twin.account.need(scope)
        return self.store.schemas[name]

    def properties(self, call: Call, object: str) -> Answer:
        wanted = call.is_true("archived")
        found = [p.as_json() for p in self.schema(object, "read").values() if p.is_archived == wanted]
        return answer_json({"results": found})

    def property(self, call: Call, object: str, name: str) -> Answer:
        found = self.schema(object, "read").get(name)
        if found is None or found.is_archived != (call.is_true("archived")):
            raise not_found(f"Property {name} does not exist")
        return answer_json(found.as_json())

    def create_property(self, call: Call, object: str) -> Answer:
        schema, body = self.schema(object, "write"), self.twin.document(call)
        name = body["name"]
        if name in schema and not schema[name].is_archived:
            more = {"subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS"}
            raise Refused(409, "OBJECT_ALREADY_EXISTS", f"A property named '{name}' already exists.", **more)
        if body.get("hasUniqueValue") and sum(p.is_unique for p in schema.values()) >= MOST_UNIQUE:
            raise invalid(f"At most {MOST_UNIQUE} properties of an object may have unique values")
        blank = schema.get(name) or Property(name, body.get("label", name), is_custom=True)
        schema[name] = replace(altered(blank, body), is_archived=False)
        self.twin.note_schema(NAMES[object])
        return answer_json(schema[name].as_json(), 201)

    def change_property(self, call: Call, object: str, name: str) -> Answer:
        schema = self.schema(object, "write")
        if name not in schema:
            raise not_found(f"Property {name} does not exist")
        schema[name] = altered(schema[name], self.twin.document(call))
        self.twin.note_schema(NAMES[object])
        return answer_json(schema[name].as_json())

    def archive_property(self, call: Call, object: str, name: str) -> Answer:
        schema = self.schema(object, "write")
        if name in schema:
            schema[name] = replace(schema[name], is_archived=True)
            self.twin.note_schema(NAMES[object])
        return Answer(204)

    def list_owners(self, call: Call) -> Answer:
        self.twin.account.need("crm.objects.owners.read")
        limit, after = int(call.first("limit", "100")), int(call.first("after", "0") or 0)
        if limit > 500:
            raise invalid("limit must not be greater than 500")
        is_archived, email = call.is_true("archived"), call.first("email").lower()
        found = [o for o in self.owners if o["archived"] == is_archived and (not email or o["email"].lower() == email)]
        chosen = found[after : after + limit]
        more = {"paging": {"next": {"after": str(after + limit)}}} if len(found) > after + limit else {}
        return answer_json({"results": chosen, **more})

    def owner(self, call: Call, id: str) -> Answer:
        self.twin.account.need("crm.objects.owners.read")
        key = "userId" if call.first("idProperty") == "userId" else "id"
        is_archived = call.is_true("archived")
        found = [o for o in self.owners if str(o[key]) == id and o["archived"] == is_archived]
        if not found:
            raise not_found()
        return answer_json(found[0])

    def pipelines(self, call: Call, object: str) -> Answer:
        if object not in NAMES:
            raise invalid(f"Unable to infer object type from: {object}")
        self.twin.readable(object)
        return answer_json({"results": [self.sales_pipeline()] if SINGULAR[NAMES[object]] == "deal" else []})

    def sales_pipeline(self) -> dict[str, Any]:
        stamps = {"createdAt": "2020-01-01T00:00:00Z", "updatedAt": "2020-01-01T00:00:00Z", "archived": False}
        stages = [
            {
                "id": id,
                "label": label,
                "displayOrder": order,
                "metadata": {"probability": odds, "isClosed": closed},
                **stamps,
            }
            for order, (id, label, odds, closed, _ours) in enumerate(DEAL_STAGES)
        ]
        return {"id": "default", "label": "Sales Pipeline", "displayOrder": 0, "stages": stages, **stamps}

    def details(self, call: Call) -> Answer:
        return answer_json(self.twin.account.details())

    def usage(self, call: Call) -> Answer:
        return answer_json(self.twin.account.usage())

    def token_info(self, call: Call) -> Answer:
        account = self.twin.account
        if self.twin.document(call).get("tokenKey") not in account.grants:
            raise Refused(404, "OBJECT_NOT_FOUND", "Token not found")
        return answer_json({"userId": 1, "hubId": PORTAL, "appId": APP, "scopes": sorted(account.scopes)})

    def oauth_token(self, call: Call) -> Answer:
        form = {name: values[0] for name, values in call.form.items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refused(400, "", "missing or invalid client secret", error="invalid_client")
        kind = form.get("grant_type")
        if kind == "refresh_token" and form.get("refresh_token") != REFRESH:
            raise Refused(400, "", "missing or invalid refresh token", error="invalid_grant")
        if kind == "authorization_code" and self.codes.pop(form.get("code", ""), None) != form.get("redirect_uri"):
            raise Refused(400, "", "missing or unknown auth code", error="invalid_grant")
        if kind not in {"refresh_token", "authorization_code", "client_credentials"}:
            raise Refused(400, "", "missing or unknown grant type", error="unsupported_grant_type")
        if kind == "client_credentials":
            return self.app_token(frozenset(form.get("scope", "").split()))
        token = self.twin.account.issue()
        body = {"token_type": "bearer", "refresh_token": REFRESH, "access_token": token, "expires_in": 1800}
        return answer_json(body)

    def app_token(self, scopes: frozenset[str]) -> Answer:
        """A token of the app itself, good for the scopes that were asked for and for no account's records."""
        if not scopes or not scopes <= self.twin.account.app_scopes:
            wrong = " ".join(sorted(scopes - self.twin.account.app_scopes)) or "none"
            raise Refused(400, "", f"missing or unknown scope: {wrong}", error="invalid_scope")
        token = self.twin.account.issue(scopes)
        return answer_json({"token_type": "bearer", "access_token": token, "expires_in": 1800})

    def consent(self, call: Call) -> Answer:
        """The page where somebody consents; here everybody does, at once."""
        client, back = call.first("client_id"), call.first("redirect_uri")
        if client != CLIENT_ID or not back:
            raise Refused(400, "", "missing or unknown client id", error="invalid_client")
        code = secrets.token_hex(16)
        self.codes[code] = back
        return Answer(302, headers={"Location": f"{back}?{urlencode({'code': code, 'state': call.first('state')})}"})

    def oauth_info(self, call: Call, token: str) -> Answer:
        grant = self.twin.account.grants.get(token)
        if grant is None or not grant.is_oauth:
            raise Refused(404, "", "access token not found", error="invalid_token")
        left = max(((grant.expires or 0) - self.store.clock.milliseconds()) // 1000, 0)
        scopes = sorted(self.twin.account.scopes)
        found: dict[str, Any] = {
            "token": token,
            "user": "ada.winter@brightline.example",
            "hub_domain": "brightline.example",
        }
        found |= {"scopes": scopes, "hub_id": PORTAL, "app_id": APP, "expires_in": left, "user_id": 1}
        return answer_json({**found, "token_type": "access"})
