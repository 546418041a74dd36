# SPDX-License-Identifier: Apache-2.0
"""terraform query: what the list block finds, and the configuration that Terraform writes of it."""

import re
import shutil

from case import EXAMPLES, REGION, RUNNING, Case, instance, main
from find_case import (CONDITIONS, DENIED, WRONG, accounts_without_right, selector, settings, three,
                       words)

SINGLE = "ensure_instance_running"


def listing(of_cloud, label="x", more="", **conditions):
    config = settings(selector(of_cloud, conditions))
    return (f'list "{SINGLE}" "{label}" {{\n  provider = ensure\n  config {{\n{config}  }}\n'
            f"{more}}}\n")


class Query(Case):
    needs = "queries"

    def write(self, *blocks):
        self.configure()
        (self.work / "x.tfquery.hcl").write_text("".join(blocks), encoding="utf-8")

    def query(self, *arguments, code=0):
        return self.succeed("query", "-json", *arguments, code=code)

    @staticmethod
    def found(outcome):
        """address -> ids in their order"""
        found = {}
        for line in outcome.of_type("list_resource_found"):
            one = line["list_resource_found"]
            found.setdefault(one["address"], []).append(one["identity"]["instance_id"])
        return found

    def test_found(self):
        self.start_world(*(one for cloud in REGION for one in three(cloud)))
        rows = [(f"{cloud}_{number}", cloud, conditions, ids) for cloud in REGION
                for number, (conditions, ids) in enumerate(CONDITIONS)]
        self.write(*(listing(cloud, label, **conditions) for label, cloud, conditions, _ in rows))
        found = self.found(self.query())
        for label, cloud, conditions, ids in rows:
            with self.subTest(cloud=cloud, **conditions):
                self.assertEqual(found.pop(f"list.{SINGLE}.{label}"), ids)
        self.assertEqual(found, {})
        self.assertEqual((self.starts, self.dry_runs()), ({}, 0))

    def test_table(self):
        self.start_world(*three("alibaba"))
        self.write(listing("alibaba", name="web-*"))
        lines = re.findall(f"list.{SINGLE}.*", self.succeed("query", "-no-color").stdout)
        self.assertEqual([line.split() for line in lines], [
            [f"list.{SINGLE}.x", f"cloud=alibaba,instance_id={ident},region=cn-hangzhou", name]
            for ident, name in (("i-a", "web-1"), ("i-b", "web-2"))])

    def test_example(self):
        self.start_world(*three("alibaba"))
        self.configure()
        example = EXAMPLES / "list-resources" / SINGLE / "list-resource.tfquery.hcl"
        shutil.copy(example, self.work)
        self.assertEqual(self.found(self.query()), {f"list.{SINGLE}.stopped": ["i-a"]})
        shutil.copy(example, self.work / "example.tf")  # Terraform 1.14 formats no other name
        self.succeed("fmt", "-check", "example.tf")

    def test_included_resource(self):
        self.start_world(instance("baidu", "i-a"))
        self.write(listing("baidu", more="  include_resource = true\n"))
        line, = self.query().of_type("list_resource_found")
        self.assertEqual(line["list_resource_found"]["resource_object"], {
            "cloud": "baidu", "region": "bj", "instance_id": "i-a", "id": "baidu/bj/i-a",
            "status": "stopped", "provider_status": "Stopped", "start_request_id": "",
            "timeouts": None})

    def test_limit_stops_the_paging(self):
        self.start_world(instance("alibaba", "i-{n}", count=950))
        self.write(listing("alibaba"))
        self.assertEqual(len(self.found(self.query())[f"list.{SINGLE}.x"]), 100)
        self.assertEqual(self.calls("alibaba"), 1)
        self.reset_ledger()
        self.write(listing("alibaba", more="  limit = 250\n"))
        self.assertEqual(len(self.found(self.query())[f"list.{SINGLE}.x"]), 250)
        self.assertEqual(self.calls("alibaba"), 3)
        self.write(listing("alibaba", more="  limit = 1000\n"))
        self.assertEqual(len(self.found(self.query())[f"list.{SINGLE}.x"]), 950)

    def test_nothing_found(self):
        self.start_world(instance("baidu", "i-a"))
        self.write(listing("baidu", name="x-*"))
        outcome = self.query()
        self.assertEqual(self.found(outcome), {})
        self.assertIn("no instance was found in baidu/bj (name x-*)",
                      [one["detail"] for one in outcome.warnings])

    def test_without_the_right_to_list(self):
        self.start_world(*(instance(cloud, "i-a") for cloud in REGION),
                         accounts=accounts_without_right())
        for cloud in REGION:
            self.write(listing(cloud))
            outcome = self.query(code=1)
            error, = outcome.errors
            self.check_diagnostic(error, f'list "{SINGLE}" "x"', "permission_denied",
                                  DENIED[cloud][1])
            self.assertEqual(self.found(outcome), {})

    def test_a_failure_in_the_middle(self):
        self.start_world(instance("alibaba", "i-{n}", count=150))
        self.write(listing("alibaba", more="  limit = 200\n"))
        self.set_faults("error:403:Forbidden.RAM,cloud=alibaba,nth=2")
        outcome = self.query("-generate-config-out=made.tf", code=1)
        self.assertEqual((len(outcome.errors), self.found(outcome)), (1, {}))
        self.assertFalse((self.work / "made.tf").exists())

    def test_wrong_conditions(self):
        self.start_world()
        for conditions, name, says in WRONG:
            with self.subTest(conditions):
                self.write(listing("baidu", **conditions))
                error, = self.query(code=1).errors
                self.check_diagnostic(error, "", f"Invalid {name}", says)
        self.assertEqual(self.calls(), 0)

    def test_generated_configuration_plans_clean(self):
        """Of running instances a plan imports them and changes nothing, and so does the apply; the
        next plan has nothing to do."""
        self.start_world(*(instance(cloud, f"i-{n}", RUNNING[cloud], name=f"web-{n}")
                           for cloud in REGION for n in range(2)))
        self.write(*(listing(cloud, cloud) for cloud in REGION))
        self.succeed("query", "-generate-config-out=made.tf")
        made = (self.work / "made.tf").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"^  (\w+) ", made, re.M)),
                         {"provider", "cloud", "region", "instance_id", "to", "identity"})
        plan = words(self.succeed("plan", "-no-color", "-out=plan.bin").stdout)
        self.assertIn("Plan: 6 to import, 0 to add, 0 to change, 0 to destroy.", plan)
        self.succeed("apply", "plan.bin")
        self.plan(code=0)
        self.assertEqual(len(self.state()), 6)
        self.assertEqual((self.starts, self.dry_runs()), ({}, 0))

    def test_generated_configuration_starts_what_is_stopped(self):
        """From an empty directory: query, plan, apply, and no id is typed."""
        self.start_world(*(one for cloud in REGION for one in three(cloud)),
                         options=("--boot-ms", "0"))
        self.write(*(listing(cloud, cloud, tags={"env": "ci"}, status=["stopped"])
                     for cloud in REGION))
        self.succeed("query", "-generate-config-out=made.tf")
        plan = words(self.succeed("plan", "-no-color", "-out=plan.bin").stdout)
        self.assertIn("Plan: 3 to import, 0 to add, 3 to change, 0 to destroy.", plan)
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {f"{cloud}/{region}/i-a": 1
                                       for cloud, region in REGION.items()})
        self.plan(code=0)
        self.assertEqual(self.found(self.query()), {})


if __name__ == "__main__":
    main()
