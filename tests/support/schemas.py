# SPDX-License-Identifier: Apache-2.0
"""What the tools print, against the schemas of proto/schemas: every suite that sees a document, a
result or a line of the audit log hands it in here."""
import functools
import json
import os

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto", "schemas")
KINDS = ("fleet", "plan", "apply", "status", "audit")
MANY = 300  # instances; of longer documents the beginning and the end are looked at closely


def load(kind):
    with open(os.path.join(SCHEMAS, f"{kind}.schema.json"), encoding="utf-8") as file:
        return json.load(file)


@functools.lru_cache(maxsize=None)
def validator(kind, part=None):
    """For a whole document; or for one of its definitions, such as "instance". None where the
    machine has no jsonschema, which under CI=true is an error."""
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
    """A plan, apply or status document; the counts of its summary are those of its kind."""
    kind = document["format"].split("/")[0].removeprefix("ensure.")
    instances = document["instances"]
    shown = instances if len(instances) <= MANY else instances[:MANY // 2] + instances[-MANY // 2:]
    assert_valid({**document, "instances": shown}, kind)
    for instance in instances:
        if instance.keys() != shown[0].keys():
            raise AssertionError(f"other keys than the first instance has: {instance}")
    if document["summary"]["total"] != len(instances):
        raise AssertionError(f"{len(instances)} instances, but {document['summary']}")
    return document


def check_output(text):
    """What a tool printed, if it is one of the documents. The text is passed on."""
    if text.startswith("{"):
        document = json.loads(text)
        if str(document.get("format", "")).startswith("ensure."):
            check(document)
    return text


def check_instances(instances):
    """Results without a document around them, as Ansible has them: all of a plan or of an apply."""
    for instance in instances:
        assert_valid(instance, "apply" if "started" in instances[0] else "plan", "instance")
    return instances


def check_audit(path):
    """Every line of an audit log; the lines."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    for line in lines:
        assert_valid(line, "audit")
    return lines
