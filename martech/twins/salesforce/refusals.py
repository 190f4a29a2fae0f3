"""How Salesforce says no: an array of errors, `errorCode` in plain answers and `statusCode` inside collections."""

from collections.abc import Sequence
from typing import Any

from martech.twins.serving import Answer, answer_json


class Refusal(Exception):
    """A request or a row that is refused; `status` is the answer's when the whole request is."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        fields: Sequence[str] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status
        self.fields, self.extra = list(fields), extra or {}

    def answer(self) -> Answer:
        error = {**self.extra, "message": self.message, "errorCode": self.code}
        if self.fields:
            error["fields"] = self.fields
        return answer_json([error], self.status)

    def in_collection(self) -> dict[str, Any]:
        return {"statusCode": self.code, "message": self.message, "fields": self.fields}


def not_found() -> Refusal:
    return Refusal("NOT_FOUND", "The requested resource does not exist", status=404)


def no_such_column(field: str, object: str, query: str = "") -> Refusal:
    if not query:
        return Refusal("INVALID_FIELD", f"No such column '{field}' on sobject of type {object}", fields=[field])
    at = max(query.find(field), 0)
    return Refusal(
        "INVALID_FIELD",
        f"\n{query[max(at - 20, 0) : at + 20]}\n{' ' * min(at, 20)}^\nERROR at Row:1:Column:{at + 1}\nNo such column '{field}' on "
        f"entity '{object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom "
        "field name. Please reference your WSDL or the describe call for the appropriate names.",
    )
