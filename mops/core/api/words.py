"""What the API says about a value that is missing or cannot be read: what to send instead."""

from typing import Any, Final

from rest_framework import serializers

WORDS: Final[dict[type[Any], dict[str, str]]] = {
    serializers.Field: {"required": "Send this field; it has no default.", "null": "Send a value; it cannot be null."},
    serializers.CharField: {
        "invalid": "Send a text.",
        "blank": "Send a text that is not empty.",
        "max_length": "Send at most {max_length} characters.",
    },
    serializers.EmailField: {"invalid": "Send an e-mail address, like ana@example.org."},
    serializers.BooleanField: {"invalid": "Send true or false."},
    serializers.IntegerField: {"invalid": "Send a whole number, like 25."},
    serializers.DecimalField: {"invalid": 'Send a decimal number as a text, like "1250.50".'},
    serializers.DateField: {"invalid": "Send a day, like 2026-11-30."},
    serializers.DateTimeField: {"invalid": "Send a moment as in RFC 3339, like 2026-11-30T14:30:00Z."},
    serializers.ChoiceField: {"invalid_choice": "“{input}” is not one of the values this field takes."},
    serializers.RelatedField: {
        "required": "Send this field; it has no default.",
        "null": "Send a value; it cannot be null.",
    },
    serializers.PrimaryKeyRelatedField: {
        "required": "Send the id of the object meant.",
        "does_not_exist": "There is none with the id {pk_value}.",
        "incorrect_type": "Send its id, a whole number.",
    },
    serializers.SlugRelatedField: {"does_not_exist": "There is none whose {slug_name} is “{value}”."},
    serializers.ListField: {"not_a_list": "Send a list, not a value of the type {input_type}."},
    serializers.DictField: {"not_a_dict": "Send an object, not a value of the type {input_type}."},
    serializers.Serializer: {"invalid": "Send an object, not a value of the type {datatype}."},
    serializers.ListSerializer: {"not_a_list": "Send a list, not a value of the type {input_type}."},
}


def speak_plainly() -> None:
    """Give every serializer the words. Fields made before the call keep their old ones."""
    for field, words in WORDS.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **words}


class OneOf(serializers.ChoiceField):
    """A choice whose refusal lists what may be sent."""

    default_error_messages = {"invalid_choice": "“{input}” is not known; send {choices}."}

    def fail(self, key: str, **kwargs: Any) -> Any:
        *most, last = [str(choice) for choice in self.choices]
        super().fail(key, choices=f"{', '.join(most)} or {last}" if most else last, **kwargs)
