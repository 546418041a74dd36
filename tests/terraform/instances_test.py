# SPDX-License-Identifier: Apache-2.0
"""The data source ensure_instances in configurations: what is found is started, and no id is typed."""

from case import REGION, Case, instance, main
from find_case import (CONDITIONS, DENIED, FOUND, WRONG, accounts_without_right, selector,
                       settings, three)

D = "data.ensure_instances"


def data(of_cloud, label="x", **conditions):
    block = settings({"limit": None, **selector(of_cloud, conditions)})
    return f'data "ensure_instances" "{label}" {{\n{block}}}\n'


def started(cloud, label="x"):
    """A resource with all that the data source finds."""
    return (f'resource "ensure_instances_running" "{label}" {{\n  cloud = "{cloud}"\n'
            f'  region = "{REGION[cloud]}"\n  instance_ids = {D}.{label}.instance_ids\n}}\n')


class Instances(Case):
    def test_found_and_started(self):
        """In one plan; and then there is nothing to do."""
        self.start_world(*(one for cloud in REGION for one in three(cloud)))
        self.configure(*(part for cloud in REGION for part in
                         (data(cloud, cloud, tags={"env": "ci"}), started(cloud, cloud))))
        self.plan(code=2)
        self.apply()
        self.assertEqual(self.starts, {f"{cloud}/{region}/i-a": 1
                                       for cloud, region in REGION.items()})
        self.plan(code=0)
        for cloud in REGION:
            found = self.state()[f"ensure_instances.{cloud}"]
            self.assertEqual(sorted(found["instance_ids"]), ["i-a", "i-b"])
            self.assertEqual(sorted(found["instances"][0]), sorted(FOUND))
            self.assertEqual(self.state()[f"ensure_instances_running.{cloud}"]["statuses"],
                             {"i-a": "running", "i-b": "running"})

    def test_conditions(self):
        """All rows of the table in one plan, on each cloud."""
        self.start_world(*(one for cloud in REGION for one in three(cloud)))
        self.configure(*(data(cloud, f"{cloud}_{number}", **conditions) + output
                         for cloud in REGION for number, (conditions, _) in enumerate(CONDITIONS)
                         for output in [f'output "{cloud}_{number}" {{\n  value = [for i in '
                                        f"{D}.{cloud}_{number}.instances : i.target]\n}}\n"]))
        outputs = self.planned()["planned_values"]["outputs"]
        for cloud, region in REGION.items():
            for number, (conditions, ids) in enumerate(CONDITIONS):
                with self.subTest(cloud=cloud, **conditions):
                    self.assertEqual(outputs[f"{cloud}_{number}"]["value"],
                                     [f"{cloud}/{region}/{one}" for one in ids])

    def test_pages_and_limit(self):
        self.start_world(instance("alibaba", "i-{n}", count=250))
        self.configure(data("alibaba", "all"), data("alibaba", "some", limit=120),
                       *(f'output "{label}" {{\n  value = length({D}.{label}.instances)\n}}\n'
                         for label in ("all", "some")))
        outputs = self.planned()["planned_values"]["outputs"]
        self.assertEqual((outputs["all"]["value"], outputs["some"]["value"]), (250, 120))
        self.assertEqual(self.calls("alibaba"), 3 + 2)

    def test_nothing_found(self):
        self.start_world(*(instance(cloud, "i-a") for cloud in REGION))
        self.configure(*(data(cloud, cloud, name="x-*") for cloud in REGION))
        warnings = self.plan(code=0).warnings
        self.assertEqual(sorted(one["detail"] for one in warnings),
                         sorted(f"no instance was found in {cloud}/{region} (name x-*)"
                                for cloud, region in REGION.items()))

    def test_without_the_right_to_list(self):
        self.start_world(*(instance(cloud, "i-a") for cloud in REGION),
                         accounts=accounts_without_right())
        for cloud, region in REGION.items():
            self.configure(data(cloud), started(cloud))
            error, = self.plan(code=1).errors
            self.check_diagnostic(error, f'region = "{region}"', "permission_denied",
                                  DENIED[cloud][1], "HTTP 403")
        self.assertEqual(self.starts, {})

    def test_wrong_conditions(self):
        self.start_world()
        rows = (*WRONG, ({"limit": 0}, "limit", "expected a whole number from 1 to 100000"),
                ({"limit": 100001}, "limit", "expected a whole number from 1 to 100000"))
        for conditions, name, says in rows:
            with self.subTest(conditions):
                self.configure(data("baidu", **conditions))
                error, = self.validate()
                self.check_diagnostic(error, f"{name} = ", f"Invalid {name}", says)
        self.configure(data("baidu").replace('region = "bj"\n', ""))
        error, = self.validate()
        self.assertIn('The argument "region" is required', error["detail"])
        self.assertEqual(self.calls(), 0)


if __name__ == "__main__":
    main()
