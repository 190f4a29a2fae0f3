"""/sobjects and describe: what there is, and what the user may do with it."""

from typing import Any

from martech.twins.salesforce.schema import Field, ObjectType
from martech.twins.salesforce.store import HARD_DELETED, Store

SOAP_TYPES = {"boolean": "xsd:boolean", "date": "xsd:date", "datetime": "xsd:dateTime", "double": "xsd:double",
              "currency": "xsd:double", "percent": "xsd:double", "int": "xsd:int", "id": "tns:ID", "reference": "tns:ID"}  # fmt: skip
READ_ONLY = frozenset({"OpportunityHistory", "Organization"})


def summary(type: ObjectType, version: str) -> dict[str, Any]:
    can_write = type.name not in READ_ONLY
    base = f"/services/data/{version}/sobjects/{type.name}"
    return {
        "name": type.name,
        "label": type.label,
        "labelPlural": f"{type.label}s",
        "keyPrefix": type.prefix,
        "custom": False,
        "queryable": True,
        "retrieveable": True,
        "replicateable": True,
        "searchable": can_write,
        "createable": can_write,
        "updateable": can_write,
        "deletable": can_write and type.name != "User",
        "undeletable": can_write and type.name not in HARD_DELETED,
        "mergeable": "MasterRecordId" in type.fields,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def every_object(store: Store, version: str) -> dict[str, Any]:
    seen = [type for type in store.types.values() if not type.is_hidden]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [summary(type, version) for type in seen]}


def described(type: ObjectType, version: str) -> dict[str, Any]:
    fields = [_field(one) for one in type.fields.values()]
    return {**summary(type, version), "fields": fields, "childRelationships": [], "recordTypeInfos": []}


def _field(one: Field) -> dict[str, Any]:
    options = [{"active": True, "defaultValue": False, "label": text, "value": text} for text in one.options]
    if one.options:
        options.append({"active": False, "defaultValue": False, "label": "Retired", "value": "Retired"})
    return {
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "soapType": SOAP_TYPES.get(one.type, "xsd:string"),
        "length": one.length,
        "byteLength": one.length * 3,
        "precision": 18 if one.type in ("currency", "double", "percent") else 0,
        "nillable": not one.is_required and one.type != "boolean",
        "createable": one.can_create,
        "updateable": one.can_update,
        "defaultedOnCreate": one.type == "boolean" or one.name == "OwnerId",
        "calculated": False,
        "custom": one.name.endswith("__c"),
        "externalId": one.is_external,
        "idLookup": one.is_external or one.name == "Id",
        "unique": one.is_unique,
        "caseSensitive": False,
        "filterable": one.is_filterable and not (one.type == "textarea" and one.length > 255),
        "sortable": one.type not in ("textarea", "multipicklist"),
        "groupable": one.type not in ("textarea", "double", "currency"),
        "restrictedPicklist": one.is_restricted,
        "picklistValues": options,
        "referenceTo": list(one.refers_to),
        "relationshipName": one.relationship or None,
        "deprecatedAndHidden": False,
    }
