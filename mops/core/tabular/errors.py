"""The one refusal of the table reader and writer."""

from mops.core.errors import DomainError


class TableError(DomainError):
    """`field` names what is wrong (file, header, row, cell, date, …); `row` and `column` where, when known."""

    def __init__(
        self, field: str, reason: str, remedy: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        self.field, self.reason, self.remedy, self.row, self.column = field, reason, remedy, row, column
        where = ", ".join(
            part for part in (f"row {row}" if row else "", f"column {column!r}" if column else "") if part
        )
        if not where and field == "file":
            detail = f"{reason[:1].upper()}{reason[1:]}. {remedy}."  # whoever chose the file knows which
        else:
            detail = f"{where or field}: {reason}. {remedy}."
        super().__init__(detail, errors={field: [detail]})
