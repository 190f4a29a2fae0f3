"""Columns that look the same on every list, and the table base class that knows about them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mops.core.lists.reading import reader_of
from mops.core.rights import called
from mops.core.templatetags import mops as show

PILL_KINDS = ("good", "bad", "warn", "neutral", "accent")


class MaskedColumn(tables.Column):
    """Shows that a value exists without showing it, for instance of a token: the last four characters."""

    def __init__(self, *args: Any, keep: int = 4, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keep = keep

    def render(self, value: object) -> str:
        text = str(value)
        return "••••" + text[-self.keep :] if len(text) > 2 * self.keep else "••••"

    def value(self, value: object, **kwargs: Any) -> str:
        return self.render(value)


class LinkedColumn(tables.Column):
    """The column that names the row and opens it: `record.get_absolute_url()` unless `linkify` says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("linkify", True)
        kwargs.setdefault("attrs", {"td": {"class": "name"}, "a": {"class": "row-link"}})
        super().__init__(*args, **kwargs)


class NumberColumn(tables.Column):
    def __init__(self, *args: Any, places: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "num"}, "th": {"class": "num"}})
        super().__init__(*args, **kwargs)
        self.places = places

    def render(self, value: int | float | Decimal) -> str:
        return show.number(value, self.places)

    def value(self, value: Any, **kwargs: Any) -> Any:
        return value


class PercentColumn(NumberColumn):
    """A share of one."""

    def render(self, value: int | float | Decimal) -> str:
        return show.percent(value, self.places)


class MoneyColumn(NumberColumn):
    """An amount; `currency` names the record's field that holds the code, else the base currency is meant."""

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def render(self, value: Decimal, record: Any) -> str:  # type: ignore[override]
        code = getattr(record, self.currency, "") if self.currency else ""
        text = show.money_exact(value, code) if self.places else show.money(value, code)
        return format_html('<span class="down">{}</span>', text) if value < 0 else text


class BarColumn(NumberColumn):
    """A number with a small bar; `largest(table)` is the value of a full bar."""

    def __init__(self, *args: Any, largest: Callable[[Any], float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.largest = largest

    def render(self, value: Any, table: Any) -> SafeString:  # type: ignore[override]
        full = self.largest(table) or 1
        return format_html("{} {}", show.bar(float(value) / float(full)), show.number(value, self.places))


@dataclass(frozen=True)
class Pill:
    """A state in a word and a colour: good, bad, warn, neutral or accent."""

    text: str
    kind: str = "neutral"

    def __html__(self) -> str:
        return format_html('<span class="pill pill-{}">{}</span>', self.kind, self.text)


class PillColumn(tables.Column):
    """A state as a pill; `kinds` maps the stored value to a kind, the word is the field's display text."""

    def __init__(self, *args: Any, kinds: dict[Any, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds or {}

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        stored = bound_column.accessor.resolve(record, quiet=True)
        return SafeString(Pill(str(value), self.kinds.get(stored, "neutral")).__html__())

    def value(self, value: Any, **kwargs: Any) -> Any:
        return str(value)


class WhenColumn(tables.Column):
    """A moment, short (10:04, 20 Nov), with the whole of it on hover and in the export."""

    def shown(self, value: datetime) -> str:
        return show.when(value)

    def render(self, value: datetime) -> SafeString:
        moment = timezone.localtime(value)
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            value.isoformat(),
            date_format(moment, "j M Y, H:i"),
            self.shown(value),
        )

    def value(self, value: datetime, **kwargs: Any) -> str:
        return value.isoformat(timespec="seconds")


class MomentColumn(WhenColumn):
    """A moment to the minute, such as a deadline of half an hour (10:04, Fri 10:04, 20 Nov 10:04)."""

    def shown(self, value: datetime) -> str:
        return show.moment(value)


class DayColumn(tables.Column):
    """A day as people write it (19 Feb 2027), and as ISO in the export; of a moment the day where we are."""

    def render(self, value: date | datetime) -> str:
        return date_format(_day(value), "j M Y")

    def value(self, value: date | datetime | None, **kwargs: Any) -> str:
        return _day(value).isoformat() if value else ""


def _day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


class CountryColumn(tables.Column):
    """A country by its name; the export keeps the ISO code."""

    def render(self, value: str) -> str:
        return show.country(value)

    def value(self, value: str, **kwargs: Any) -> str:
        return value or ""


class YesColumn(tables.Column):
    """Yes or no in a word, as a pill; `words` are those for true and false."""

    def __init__(self, *args: Any, words: tuple[str, str] = ("Yes", "No"), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def render(self, value: bool) -> SafeString:
        return SafeString(Pill(self.words[0] if value else self.words[1], "good" if value else "neutral").__html__())

    def value(self, value: bool, **kwargs: Any) -> str:
        return self.words[0] if value else self.words[1]


class SelectColumn(tables.CheckBoxColumn):
    """The box that marks a row for the bulk bar."""

    def __init__(self) -> None:
        super().__init__(
            accessor="pk", attrs={"th": {"class": "tick"}, "td": {"class": "tick"}}, exclude_from_export=True
        )

    @property
    def header(self) -> SafeString:
        return SafeString(
            '<input type="checkbox" class="form-check-input" data-select-page aria-label="Select this page">'
        )

    def render(self, value: Any, bound_column: Any, record: Any, table: "ListTable") -> SafeString:
        return format_html(
            '<input type="checkbox" class="form-check-input" name="pk" value="{}" form="bulk" aria-label="Select {}">',
            value,
            called(table.reader, record),
        )


class ListTable(tables.Table):
    """Base of every list's table. `fixed` columns cannot be unchosen; `default_columns` are shown at first (all when empty)."""

    fixed: tuple[str, ...] = ()
    default_columns: tuple[str, ...] = ()
    reader: Any = None
    """Who reads the table: `ListPage` says so. Columns that call rows by name ask the rights with it."""

    class Meta:
        template_name = "components/table.html"
        attrs = {"class": "t"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A subclass may declare a Meta of its own that does not inherit ours.
        kwargs.setdefault("attrs", {"class": "t"})
        kwargs.setdefault("row_attrs", {"data-pk": lambda record: getattr(record, "pk", None)})
        super().__init__(*args, **kwargs)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A column is headed by its own name: "Connection", not "Name" because it reads `connection__name`."""
        super().__init_subclass__(**kwargs)
        for name, column in cls.base_columns.items():
            if column.verbose_name is None and "__" in str(column.accessor or ""):
                column.verbose_name = name.replace("_", " ").capitalize()

    @classmethod
    def column_labels(cls) -> dict[str, str]:
        """Every declared column that a user can choose, by name."""
        return {
            name: str(column.verbose_name or name.replace("_", " ").capitalize())
            for name, column in cls.base_columns.items()
            if column.visible
        }

    def export_rows(self) -> Iterable[list[Any]]:
        """The values of the visible columns as they go into a file, without the heading."""
        readers = [reader_of(self, name) for name in self.export_names()]
        for row in self.rows:
            yield [read(row) for read in readers]

    def export_names(self) -> list[str]:
        return [column.name for column in self.columns if not column.column.exclude_from_export]


def shows_hidden(name: str, column: tables.Column, hidden: frozenset[str]) -> bool:
    """Does the column read a hidden field, by its name, its accessor or what it sorts by?"""
    paths = [name, str(column.accessor or name), *(str(part).lstrip("-") for part in column.order_by or ())]
    fields = {path.replace(".", "__").split("__")[0] for path in paths}
    fields |= {field.removeprefix("get_").removesuffix("_display") for field in fields}
    return bool(fields & hidden)
