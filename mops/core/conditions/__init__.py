"""The one condition language: typed fields, `all/any/not`, one meaning in SQL, in Python and in words."""

from mops.core.conditions.analysis import implies, is_unsatisfiable
from mops.core.conditions.blame import NO_LEAF, Blame, Blamed
from mops.core.conditions.catalogue import (
    Catalogue,
    CustomTest,
    Field,
    InstanceRecord,
    get_catalogue,
    register_catalogue,
)
from mops.core.conditions.evaluate import (
    Result,
    compile_predicate,
    evaluate,
    first_failing,
)
from mops.core.conditions.matching import is_relative
from mops.core.conditions.operators import OPERATORS, Type
from mops.core.conditions.parsing import ConditionError, Finding, parse
from mops.core.conditions.sentence import Fragment, because, fragments, sentence
from mops.core.conditions.sql import to_expression, to_q
from mops.core.conditions.tree import AllOf, AnyOf, Leaf, Node, Not, dump, fields_used, leaves
from mops.core.conditions.values import BadValue, read_plain
from mops.core.conditions.witness import find_record, in_words

__all__ = [
    "NO_LEAF",
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "BadValue",
    "Blame",
    "Blamed",
    "Catalogue",
    "ConditionError",
    "CustomTest",
    "Field",
    "Finding",
    "Fragment",
    "InstanceRecord",
    "Leaf",
    "Node",
    "Not",
    "Result",
    "Type",
    "because",
    "compile_predicate",
    "dump",
    "evaluate",
    "fields_used",
    "find_record",
    "first_failing",
    "fragments",
    "get_catalogue",
    "implies",
    "in_words",
    "is_relative",
    "is_unsatisfiable",
    "leaves",
    "parse",
    "read_plain",
    "register_catalogue",
    "sentence",
    "to_expression",
    "to_q",
]
