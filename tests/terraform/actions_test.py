# SPDX-License-Identifier: Apache-2.0
"""The action ensure_start in hosts that have actions: invoked alone, triggered by a resource, in a saved
plan, refused, and interrupted."""

import json
import os
import signal

from case import Case, instance, main

X = "action.ensure_start.x"
MADE = "terraform_data.made"
UP = "volcengine/cn-beijing/i-a"


def action(ids='["i-a"]'):
    return (f'action "ensure_start" "x" {{\n  config {{\n    cloud        = "volcengine"\n'
            f'    region       = "cn-beijing"\n    instance_ids = {ids}\n  }}\n}}\n')


def trigger(events, value="i-a"):
    """A resource that triggers the action."""
    return (f'resource "terraform_data" "made" {{\n  input = "{value}"\n  lifecycle {{\n'
            f"    action_trigger {{\n      events  = [{events}]\n"
            f"      actions = [{X}]\n    }}\n  }}\n}}\n")


class Actions(Case):
    needs = "actions"

    def check_one(self, diagnostics, *parts):
        """Asserts that there is one, with these parts. Terraform puts what a provider says of a
        triggered action into a diagnostic of its own."""
        self.assertEqual(len(diagnostics), 1, diagnostics)
        for part in parts:
            self.assertIn(part, diagnostics[0]["summary"] + diagnostics[0]["detail"])

    @staticmethod
    def invoked(outcome):
        """The number of invocations that the host reports as complete."""
        return len(outcome.of_type("action_complete"))

    def test_invoke(self):
        self.start_world(instance("volcengine", "i-a"), instance("volcengine", "i-on", "RUNNING"))
        self.configure(action('["i-a", "i-on"]'))
        self.assertEqual(self.validate(), [])
        self.plan(code=0) # asks nothing without -invoke
        self.assertEqual(self.calls(), 0)

        outcome = self.plan(f"-invoke={X}", code=2)
        self.assertEqual((outcome.errors, outcome.warnings), ([], []))
        self.assertEqual((self.starts, self.dry_runs()), ({}, 1))
        for _ in range(2): # the second finds both running
            outcome = self.apply(f"-invoke={X}")
            self.assertEqual((outcome.errors, outcome.warnings), ([], []))
            self.assertEqual(self.invoked(outcome), 1)
            self.assertEqual(self.starts, {UP: 1})
        self.assertEqual(self.state(), {})

    def test_progress(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(action())
        outcome = self.apply(f"-invoke={X}")
        said = [line["hook"]["message"] for line in outcome.of_type("action_progress")]
        self.assertIn("i-a: ", said[0])
        text = self.succeed("apply", "-no-color", "-auto-approve", f"-invoke={X}").stdout
        self.assertIn(f"Action complete: {X}", text)

    def test_refused_at_plan(self):
        self.start_world(instance("volcengine", "i-a", flags=["balance"]))
        for way in (f"-invoke={X}",), ():
            parts = [action()] if way else [action(), trigger("before_create")]
            with self.subTest(way):
                self.configure(*parts)
                self.check_one(self.plan(*way, code=1).errors, "insufficient_balance",
                                  "Insufficient.Balance", "equest id: ")
                self.configure(*parts, provider='preflight = "warn"')
                outcome = self.plan(*way, code=2)
                self.assertEqual(outcome.errors, [])
                self.check_one(outcome.warnings, "insufficient_balance")
                self.configure(*parts, provider='preflight = "off"')
                outcome = self.plan(*way, code=2)
                self.assertEqual((outcome.errors, outcome.warnings), ([], []))
                self.check_one(self.apply(*way, code=1).errors, "insufficient_balance")
                self.assertEqual(self.starts, {})

    def test_before_trigger(self):
        """The resource is made only after its instances run."""
        self.start_world(instance("volcengine", "i-a", on_start="falls_back", boot_reads=2))
        self.configure(action(), trigger("before_create"))
        self.check_one(self.apply(code=1).errors, "fell_back", "A start was sent and accepted")
        self.assertEqual((self.state(), self.starts), ({}, {UP: 1}))
        self.start_world(instance("volcengine", "i-a"))
        outcome = self.apply()
        self.assertEqual((self.invoked(outcome), self.starts), (1, {UP: 1}))
        self.assertIn(MADE, self.state())
        self.plan(code=0)

    def test_after_triggers(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(action(), trigger("after_create, after_update"))
        self.assertEqual(self.invoked(self.apply()), 1)
        self.assertEqual(self.starts, {UP: 1})
        self.assertEqual(self.invoked(self.apply()), 0) # nothing is created or updated
        self.set_instance("volcengine", "i-a", status="STOPPED")
        self.configure(action(), trigger("after_create, after_update", "i-b"))
        self.assertEqual(self.invoked(self.apply()), 1)
        self.assertEqual(self.starts, {UP: 2})

        # What failed afterwards does not undo the resource.
        self.set_instance("volcengine", "i-a", status="STOPPED", flags=["stock@real"])
        self.configure(action(), trigger("after_create, after_update", "i-c"))
        self.check_one(self.apply(code=1).errors, "no_capacity", "Insufficient.InstanceCapacity")
        self.assertEqual(self.state()[MADE]["input"]["value"], "i-c")
        self.assertEqual(self.starts, {UP: 2})

    def test_unknown_ids_are_planned_without_a_request(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(action(f"[{MADE}.output]"), trigger("after_create"))
        self.plan("-out=plan.bin", code=2)
        self.assertEqual(self.calls(), 0)
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {UP: 1})

    def test_saved_plans(self):
        for way in (f"-invoke={X}",), ():
            with self.subTest(way):
                self.start_world(instance("volcengine", "i-a"))
                self.configure(*[action()] if way else [action(), trigger("before_create")])
                invocations = self.planned(*way)["action_invocations"]
                self.assertEqual([one["address"] for one in invocations], [X])
                self.assertEqual(invocations[0]["config_values"]["instance_ids"], ["i-a"])
                self.assertEqual(self.starts, {})
                self.succeed("apply", "plan.bin")
                self.assertEqual(self.starts, {UP: 1})

    def test_refusal_between_plan_and_apply(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(action())
        self.plan(f"-invoke={X}", "-out=plan.bin", code=2)
        self.set_instance("volcengine", "i-a", flags=["balance"])
        outcome = self.terraform("apply", "-json", "plan.bin")
        self.assertEqual(outcome.code, 1)
        self.check_one(outcome.errors, "insufficient_balance")
        self.assertEqual(self.starts, {})

    def test_interrupt(self):
        """Not before the last message: see the guide in plugin/terraform/docs/guides/hosts.md."""
        self.start_world(instance("volcengine", "i-a", on_start="stays_starting"))
        self.configure(action())
        with self.running("apply", "-json", "-auto-approve", f"-invoke={X}") as process:
            starting = any("i-a: starting" in line for line in process.stdout)
            os.killpg(process.pid, signal.SIGINT)
            text = process.communicate(timeout=60)[0]
        self.assertTrue(starting)
        self.assertEqual(process.returncode, 1, text)
        said = "\n".join(json.loads(line)["@message"] for line in text.splitlines())
        self.assertIn("cancelled", said)
        self.assertIn("A start was sent and accepted", said)
        self.assertEqual(self.starts, {UP: 1})


if __name__ == "__main__":
    main()
