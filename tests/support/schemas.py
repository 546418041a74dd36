# SPDX-License-Identifier: Apache-2.0
"""Validates output against the schemas of proto/schemas: documents, results, lines of the audit
log. All tests that read such output call it."""
import functools
import json
import os

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto", "schemas")
KINDS = ("fleet", "policy", "plan", "apply", "status", "doctor", "find", "audit")
MANY = 300  # instances; of a longer document only the first and the last are validated


def load(kind):
    with open(os.path.join(SCHEMAS, f"{kind}.schema.json"), encoding="utf-8") as file:
        return json.load(file)


@functools.lru_cache(maxsize=None)
def validator(kind, part=None):
    """The validator of a document, or of a definition in its schema such as "instance". None if
    jsonschema is not installed, which is an error if CI=true."""
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        return None
    schema = load(kind)
    if part is not None:
        schema = {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    return jsonschema.Draft202012Validator(schema)


def assert_valid(value, kind, part=None):
    checker = validator(kind, part)
    if checker is None:
        return
    errors = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]
    if errors:
        raise AssertionError(f"not a valid {part or kind}: " + "; ".join(errors[:5]))


def check(document):
    """Validates a plan, apply, status or doctor document and its total; returns it."""
    kind = document["format"].split("/")[0].removeprefix("ensure.")
    if kind == "doctor":
        assert_valid(document, kind)
        return document
    instances = document["instances"]
    shown = instances if len(instances) <= MANY else instances[:MANY // 2] + instances[-MANY // 2:]
    assert_valid({**document, "instances": shown}, kind)
    for instance in instances:
        if instance.keys() != shown[0].keys():
            raise AssertionError(f"its keys differ from those of the first instance: {instance}")
    if document["summary"]["total"] != len(instances):
        raise AssertionError(f"{len(instances)} instances, but {document['summary']}")
    return document


def check_output(text):
    """Validates the output of a tool if it is such a document; returns the text."""
    if text.startswith("{"):
        document = json.loads(text)
        if str(document.get("format", "")).startswith("ensure."):
            check(document)
    return text


def check_instances(instances):
    """Validates results outside a document, as Ansible returns them: all of a plan, of an apply, of a
    status or of a find."""
    marks = {"started": "apply", "action": "plan", "reason": "status"}  # the first that is there
    for instance in instances:
        kind = next((kind for mark, kind in marks.items() if mark in instances[0]), "find")
        assert_valid(instance, kind, "instance")
    return instances


def check_audit(path):
    """Validates and returns the lines of an audit log."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    for line in lines:
        assert_valid(line, "audit")
    return lines
