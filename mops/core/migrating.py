"""Migrations that make many tables at once."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, AddField, AddIndex, AlterUniqueTogether, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# What CREATE TABLE of the finished model brings along.
WITH_THE_TABLE = (AddConstraint, AddField, AddIndex, AlterUniqueTogether)


class AtOnce(Operation):
    """Change the state by all of `operations` before models are rendered again.

    Django renders every model related to the one an operation touches, again for each operation: with two hundred
    related tables that took 80 of 84 seconds of a first start. Here models are rendered once.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Rendered models would be rendered again by each operation; they are rendered when next asked for.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)


class Tables(AtOnce):
    """Make new tables in the form that they have after all of `operations`, which must concern these tables only."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(operations)
        made = {operation.name_lower for operation in operations if isinstance(operation, CreateModel)}
        for operation in operations:
            if isinstance(operation, WITH_THE_TABLE):
                name: str = operation.name if isinstance(operation, AlterUniqueTogether) else operation.model_name
                if name.lower() not in made:
                    raise ValueError(
                        f"{operation.describe()}: {name} is not made here, so it wants an operation of its own."
                    )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            if not isinstance(operation, WITH_THE_TABLE):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # A table goes with its triggers.
        for operation in reversed(self.operations):
            if isinstance(operation, CreateModel):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Make {sum(isinstance(operation, CreateModel) for operation in self.operations)} tables"
