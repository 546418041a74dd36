# SPDX-License-Identifier: Apache-2.0
"""The program in examples/pulumi, by the provider's schema: types, properties and outputs exist under
the names that Pulumi's bridge derives from Terraform's; what is required is set, and nothing that only
the provider sets. Pulumi itself is not run."""
import json
import pathlib
import re
import unittest

import yaml

HERE = pathlib.Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples/pulumi"
SCHEMA = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
VALUES = {"string": str, "list": list, "set": list, "map": dict}


def pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


def camel(name):
    return name[0] + pascal(name)[1:]


def tokens(section, verb):
    """{"ensure:InstanceRunning": block of ensure_instance_running, ...}"""
    return {f"ensure:{verb}{pascal(name.removeprefix('ensure_'))}": entry["block"]
            for name, entry in SCHEMA[section].items()}


RESOURCES = tokens("resource_schemas", "")
FUNCTIONS = tokens("data_source_schemas", "get")


def attributes(block):
    return {camel(name): attribute for name, attribute in block.get("attributes", {}).items()}


def kind(attribute):
    """The first word of its type: "string", "set", ..."""
    return attribute["type"] if isinstance(attribute["type"], str) else attribute["type"][0]


class Program(unittest.TestCase):
    def setUp(self):
        self.program = yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text(encoding="utf-8"))
        self.outputs = {name: set() for name in self.program["config"]}  # name -> its properties

    def check_block(self, where, given, block):
        known = attributes(block)
        nested = {camel(name): entry["block"] for name, entry in block.get("block_types", {}).items()}
        for name, value in given.items():
            with self.subTest(where=where, property=name):
                if name in nested:
                    self.check_block(f"{where}.{name}", value, nested[name])
                    continue
                self.assertIn(name, known)
                self.assertTrue(known[name].get("required") or known[name].get("optional"),
                                "only the provider sets it")
                self.assertIsInstance(value, VALUES[kind(known[name])])
        required = {name for name, attribute in known.items() if attribute.get("required")}
        self.assertLessEqual(required, set(given), where)

    def check_references(self, where, value):
        """${name} and ${name.property} in all texts of the value."""
        if isinstance(value, (list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                self.check_references(where, item)
            return
        for name, attribute in re.findall(r"\$\{(\w+)(?:\.(\w+))?\}", str(value)):
            self.assertIn(name, self.outputs, where)
            if attribute:
                self.assertIn(attribute, self.outputs[name], where)

    def test_every_name_is_in_the_schema(self):
        for name, entry in self.program["resources"].items():
            self.assertIn(entry["type"], RESOURCES)
            block = RESOURCES[entry["type"]]
            self.check_block(name, entry["properties"], block)
            self.outputs[name] = set(attributes(block))
        for name, entry in self.program["variables"].items():
            call = entry["fn::invoke"]
            self.assertIn(call["function"], FUNCTIONS)
            block = FUNCTIONS[call["function"]]
            self.check_block(name, call["arguments"], block)
            self.outputs[name] = set(attributes(block))
        for part in ("resources", "variables", "outputs"):
            self.check_references(part, self.program[part])

    def test_the_readme_imports_a_known_type(self):
        text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
        imported = re.findall(r"pulumi import .*?ensure:index/(\w+):(\w+)", text)
        self.assertTrue(imported)
        for module, name in imported:
            self.assertIn(f"ensure:{name}", RESOURCES)
            self.assertEqual(module, name[0].lower() + name[1:])


if __name__ == "__main__":
    unittest.main()
