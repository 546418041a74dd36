# SPDX-License-Identifier: Apache-2.0
"""The action ensure_start with an independent client: what it tells while it runs, and how it is
stopped."""

import unittest

from action_case import ActionCase, action_config
from case import instance
from provider import UNKNOWN, dynamic, pb

ERROR = pb.Diagnostic.ERROR
WARNING = pb.Diagnostic.WARNING


class Invoke(ActionCase):
    # ---- what it tells --------------------------------------------------------------------------

    def told(self, stub, config):
        """Invokes the action without an error; returns the messages of each instance by its id."""
        messages, diagnostics = self.invoke(stub, config)
        self.assertEqual(diagnostics, [])
        told = {}
        for one in messages:
            told.setdefault(one.split(":")[0], []).append(one.partition(": ")[2])
        return told

    def test_each_change_is_told_once(self):
        stub = self.start(instance("volcengine", "i-a", boot_reads=4),
                          instance("volcengine", "i-on", "RUNNING"))
        config = action_config(["i-a", "i-on"])
        reply = stub.ValidateActionConfig(pb.ValidateActionConfig.Request(
            type_name="ensure_start", config=dynamic(config)))
        self.assertEqual(list(reply.diagnostics), [])
        reply = stub.PlanAction(pb.PlanAction.Request(
            action_type="ensure_start", config=dynamic(config)))
        self.assertEqual(list(reply.diagnostics), [])
        self.assertEqual(self.starts, {})
        self.assertEqual(self.told(stub, config), {
            "i-a": ["stopped. The start was accepted.",
                    "starting. The start was accepted; the instance is on its way (STARTING).",
                    "running. The instance was started and is running."],
            "i-on": ["running. The instance is running."]})
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
        self.assertEqual(self.told(stub, config), {"i-a": ["running. The instance is running."],
                                                   "i-on": ["running. The instance is running."]})
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_a_stopping_instance_is_told_until_it_runs(self):
        stub = self.start(instance("volcengine", "i-a", "STOPPING", boot_reads=2,
                                   becomes={"status": "STOPPED", "after_reads": 3}))
        self.assertEqual(self.told(stub, action_config(["i-a"])), {
            "i-a": ["stopping. The instance is stopping (STOPPING); it is started once it has "
                    "stopped.",
                    "stopped. The start was accepted.",
                    "starting. The start was accepted; the instance is on its way (STARTING).",
                    "running. The instance was started and is running."]})

    def test_the_last_message_is_the_result(self):
        stub = self.start(instance("volcengine", "i-back", on_start="falls_back", boot_reads=3),
                          instance("volcengine", "i-poor", flags=["balance"]),
                          instance("volcengine", "i-up"))
        messages, diagnostics = self.invoke(stub, action_config(["i-back", "i-poor", "i-up"]))
        last = {one.split(":")[0]: one for one in messages}
        self.assertEqual(len(set(messages)), len(messages))
        self.assertIn("fell back to stopped", last["i-back"])
        self.assertIn("stopped. Volcengine refused the start: Insufficient.Balance", last["i-poor"])
        self.assertIn("running. The instance was started", last["i-up"])
        self.assertEqual([d.severity for d in diagnostics], [ERROR, ERROR])
        for one in diagnostics:  # Terraform shows its own summary, and ours only as a part of that
            self.assertIn(one.summary, one.detail)
            self.assertIn("In all: 1 of 3 instances running: ok; 1 of 3 instances not running: "
                          "insufficient_balance; 1 of 3 instances not running: fell_back.",
                          one.detail)

    def test_of_more_than_twenty_only_the_counts_are_told(self):
        names = [f"i-{n:03}" for n in range(200)]
        stub = self.start(*(instance("volcengine", name, "RUNNING" if n < 30 else None,
                                     boot_reads=4, flags=["balance"] if n >= 190 else [])
                            for n, name in enumerate(names)))
        messages, diagnostics = self.invoke(stub, action_config(names))
        self.assertEqual([d.summary for d in diagnostics],
                         ["10 of 200 instances not running: insufficient_balance"])
        self.assertIn(diagnostics[0].summary, diagnostics[0].detail)
        self.assertEqual(messages[-3:], ["160 of 200 instances running: ok.",
                                         "30 of 200 instances running: already_running.",
                                         "10 of 200 instances not running: insufficient_balance."])
        self.assertEqual(len(set(messages)), len(messages), messages)
        for line in messages[:-3]:
            self.assertRegex(line, r"^After \d+ s: \d+ of 200 instances running(, \d+ [a-z ]+)*"
                                   r"(; \d+ starts? accepted)?\.$")
            self.assertNotIn("i-", line)
            counts, _, _ = line.partition(": ")[2].partition("; ")
            self.assertEqual(sum(int(word) for word in counts.replace("of 200 ", "").split()
                                 if word.isdigit()), 200, line)
        looks = "\n".join(messages[:-3])
        self.assertIn("30 of 200 instances running", looks)
        self.assertIn("160 starting, 10 refused; 160 starts accepted.", looks)

    def test_the_twenty_first_instance_makes_the_difference(self):
        names = [f"i-{n:02}" for n in range(21)]
        stub = self.start(*(instance("volcengine", name, "RUNNING") for name in names))
        messages, _ = self.invoke(stub, action_config(names[:20]))
        self.assertEqual(sorted(messages),
                         [f"{name}: running. The instance is running." for name in names[:20]])
        messages, _ = self.invoke(stub, action_config(names))
        self.assertEqual(messages, ["21 of 21 instances running: already_running."])

    # ---- plan and mistakes ----------------------------------------------------------------------

    def test_action_is_refused_at_plan(self):
        config = action_config(["i-a"])
        for preflight, severity in (("enforce", ERROR), ("warn", WARNING), ("off", None)):
            with self.subTest(preflight):
                stub = self.start(instance("volcengine", "i-a", flags=["balance"]),
                                  config={"preflight": preflight})
                reply = stub.PlanAction(pb.PlanAction.Request(
                    action_type="ensure_start", config=dynamic(config)))
                self.assertEqual([d.severity for d in reply.diagnostics],
                                 [severity] if severity else [])
                for one in reply.diagnostics:
                    self.assertIn("insufficient_balance", one.summary)
                    self.assertEqual(one.attribute.steps[0].attribute_name, "instance_ids")
                    self.assertEqual("To plan in spite of it" in one.detail, severity == ERROR)
                messages, diagnostics = self.invoke(stub, config)
                self.assertEqual([text.split(".")[0] for text in messages], ["i-a: stopped"])
                self.assertIn("insufficient_balance", diagnostics[0].summary)
                self.end()

    def test_action_with_unknown_values_is_planned(self):
        stub = self.start(instance("volcengine", "i-a"))
        reply = stub.PlanAction(pb.PlanAction.Request(
            action_type="ensure_start", config=dynamic(action_config([UNKNOWN]))))
        self.assertEqual(list(reply.diagnostics), [])
        self.assertEqual(self.calls(), 0)

    def test_action_always_completes(self):
        stub = self.start(instance("volcengine", "i-a", on_start="stays_starting"),
                          config={"preflight": "off"})
        for config, says in ((None, "config block"), (action_config(["i-a"], region=None), "no region"),
                             (action_config([UNKNOWN]), "unknown"), (action_config(["b"]), "malformed"),
                             (action_config([]), "1 to 1000"), ({"cloud": "x"}, "schema"),
                             (action_config(["i-a"], timeout="1s"), "timed_out")):
            with self.subTest(says):
                _, diagnostics = self.invoke(stub, config)
                self.assertEqual(diagnostics[0].severity, ERROR)
                self.assertIn(says, diagnostics[0].summary + diagnostics[0].detail)

    def test_wrong_action_config(self):
        stub = self.start()
        for config, path in ((action_config(["i-a"], cloud="aws"), "cloud"),
                             (action_config(["i-a"], timeout="soon"), "timeout"),
                             (action_config([]), "instance_ids")):
            reply = stub.ValidateActionConfig(pb.ValidateActionConfig.Request(
                type_name="ensure_start", config=dynamic(config)))
            self.assertEqual([d.attribute.steps[0].attribute_name for d in reply.diagnostics], [path])

    # ---- stop and cancel ------------------------------------------------------------------------

    def test_stop_ends_current_and_later_calls(self):
        stub = self.start(instance("volcengine", "i-a", on_start="stays_starting"))
        request = pb.InvokeAction.Request(action_type="ensure_start",
                                          config=dynamic(action_config(["i-a"])))
        events = stub.InvokeAction(request)
        self.assertIn("accepted", next(events).progress.message)
        self.assertEqual(stub.StopProvider(pb.StopProvider.Request()).Error, "")
        rest = list(events)
        # After an interrupt Terraform 1.14 and 1.15 crash by an event that follows a progress.
        self.assertNotIn("ancelled", "".join(one.progress.message for one in rest[:-1]))
        self.assertIn("cancelled", rest[-1].completed.diagnostics[0].summary)
        self.assertIn("accepted", rest[-1].completed.diagnostics[0].detail)
        calls = self.calls()
        _, diagnostics = self.invoke(stub, action_config(["i-a"]))
        self.assertIn("cancelled", diagnostics[0].summary)
        self.assertEqual(self.calls(), calls)

    def test_stop_of_counted_instances(self):
        """Terraform crashes at an event after a message that follows its Ctrl-C."""
        ids = [f"i-{n}" for n in range(21)]
        stub = self.start(*(instance("volcengine", name, on_start="stays_starting") for name in ids))
        events = stub.InvokeAction(pb.InvokeAction.Request(
            action_type="ensure_start", config=dynamic(action_config(ids))))
        self.assertIn(" of 21 instances", next(events).progress.message)
        self.assertEqual(stub.StopProvider(pb.StopProvider.Request()).Error, "")
        rest = list(events)
        self.assertNotIn("cancelled", "".join(event.progress.message for event in rest))
        self.assertIn("cancelled", rest[-1].completed.diagnostics[0].summary)

    def test_disconnect_cancels_the_job(self):
        stub = self.start(instance("volcengine", "i-a", on_start="stays_starting"),
                          instance("volcengine", "i-b"))
        events = stub.InvokeAction(pb.InvokeAction.Request(
            action_type="ensure_start", config=dynamic(action_config(["i-a"]))))
        next(events)
        events.cancel()
        # The next job succeeds.
        _, diagnostics = self.invoke(stub, action_config(["i-b"]))
        self.assertEqual(diagnostics, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
