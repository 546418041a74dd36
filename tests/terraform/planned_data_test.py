# SPDX-License-Identifier: Apache-2.0
"""What a plan keeps for the plan that Terraform makes again in an apply (planned_private of protocol
6.11), with a client that behaves as Terraform's core (core.py): one dry run for a start, and the
planned client token; and data that a host changed."""

import json
import time
import unittest

from case import REGION, instance
from core import IDENTITY, IDS, SET, SINGLE, CoreCase, Refused


class PlannedData(CoreCase):
    def stored(self, type_name=SINGLE):
        return self.core(type_name, store_planned_private=True)

    def check_kept(self, plan, *ids):
        """The planned data are of exactly the documented form; returns id -> its members."""
        document = json.loads(plan.private)
        self.assertEqual(json.dumps(document, separators=(",", ":")).encode(), plan.private)
        self.assertEqual(list(document), ["v", "at", "i"])
        self.assertEqual(document["v"], 1)
        self.assertLess(abs(document["at"] - time.time()), 300)
        self.assertEqual(list(document["i"]), list(ids))
        for one in document["i"].values():
            self.assertEqual(list(one), ["reason", "confidence", "token"])
        return document["i"]

    @staticmethod
    def changed(plan, **members):
        """Replaces members of the planned data."""
        plan.private = json.dumps({**json.loads(plan.private), **members}).encode()

    def test_one_dry_run_and_the_planned_token(self):
        self.start(instance("volcengine", "i-a"))
        core = self.stored()
        plan = self.applied(core, **IDENTITY)
        one = self.check_kept(plan, "i-a")["i-a"]
        self.assertEqual((one["reason"], one["confidence"]), ("ok", "validated"))
        self.assertEqual(self.dry_run_ids(), ["i-a"])
        self.assertEqual(self.tokens(), {"i-a": one["token"]})
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
        self.assertEqual(core.private, b"")

        # The next start is another one.
        self.set_instance("volcengine", "i-a", status="STOPPED")
        core.refresh()
        self.reset_ledger()
        plan = self.applied(core, **IDENTITY)
        second = self.check_kept(plan, "i-a")["i-a"]["token"]
        self.assertNotEqual(second, one["token"])
        self.assertEqual((plan.action, self.dry_run_ids()), ("update", ["i-a"]))
        self.assertEqual(self.tokens(), {"i-a": second})
        self.assertEqual(core.private, b"")

    def test_of_a_set(self):
        self.start(*(instance("volcengine", f"i-{n}") for n in "abc"),
                   instance("volcengine", "i-on", "RUNNING"))
        core = self.stored(SET)
        plan = self.applied(core, **IDS, instance_ids=["i-a", "i-b", "i-c", "i-on"])
        kept = self.check_kept(plan, "i-a", "i-b", "i-c")
        self.assertEqual(sorted(self.dry_run_ids()), ["i-a", "i-b", "i-c"])
        self.assertEqual(self.tokens(), {name: one["token"] for name, one in kept.items()})
        self.assertEqual(core.private, b"")

    def test_of_a_replacement(self):
        self.start(instance("volcengine", "i-a", "RUNNING"), instance("volcengine", "i-b"))
        core = self.stored()
        self.applied(core, **IDENTITY)
        plan = self.applied(core, **{**IDENTITY, "instance_id": "i-b"})
        self.assertEqual(plan.action, "replace")
        self.assertEqual(self.dry_run_ids(), ["i-b"])
        self.assertEqual(self.tokens(), {"i-b": self.check_kept(plan, "i-b")["i-b"]["token"]})

    def test_clouds_without_tokens_or_dry_runs(self):
        self.start(instance("alibaba", "i-a"), instance("baidu", "i-b"))
        for cloud, name, confidence, asked in (("alibaba", "i-a", "validated", ["i-a"]),
                                               ("baidu", "i-b", "simulated", [])):
            with self.subTest(cloud):
                self.reset_ledger()
                core = self.stored()
                plan = self.applied(core, cloud=cloud, region=REGION[cloud], instance_id=name)
                self.assertEqual(self.check_kept(plan, name)[name],
                                 {"reason": "ok", "confidence": confidence, "token": ""})
                self.assertEqual(self.dry_run_ids(), asked)
                self.assertEqual(list(self.starts.values()), [1])

    def test_hosts_that_do_not_store_it(self):
        self.start(instance("volcengine", "i-a"))
        core = self.core()
        plan = self.applied(core, **IDENTITY)
        self.assertEqual(plan.private, b"")
        self.assertEqual(self.dry_run_ids(), ["i-a", "i-a"])
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_older_than_ten_minutes_is_asked_again(self):
        self.start(instance("volcengine", "i-a"))
        for at, asked in ((time.time() - 300, ["i-a"]), (time.time() - 601, ["i-a", "i-a"]),
                          (time.time() + 3600, ["i-a", "i-a"]), (0, ["i-a", "i-a"])):
            with self.subTest(at):
                self.set_instance("volcengine", "i-a", status="STOPPED")
                self.reset_ledger()
                core = self.stored()
                config = core.config(**IDENTITY)
                plan = core.plan(config)
                token = self.check_kept(plan, "i-a")["i-a"]["token"]
                self.changed(plan, at=int(at))
                again = core.apply(config, plan)
                self.assertEqual(again.warnings, [])
                self.assertEqual(self.dry_run_ids(), asked)
                self.assertEqual(self.tokens(), {"i-a": token})
                if len(asked) == 2:
                    self.check_kept(again, "i-a")
                else:
                    self.assertEqual(json.loads(again.private)["at"], int(at))

    def test_what_the_second_read_shows_decides(self):
        self.start(instance("volcengine", "i-a"))
        core = self.stored()
        config = core.config(**IDENTITY)
        for status, says in (("RUNNING", None), ("STARTING", None), ("ERROR", "wrong_state")):
            with self.subTest(status):
                self.set_instance("volcengine", "i-a", status="STOPPED")
                self.reset_ledger()
                plan = core.plan(config)
                self.set_instance("volcengine", "i-a", status=status)
                if says is None:
                    core.plan(config, before=plan)
                else:
                    with self.assertRaisesRegex(Refused, says):
                        core.plan(config, before=plan)
                self.assertEqual((self.dry_run_ids(), self.starts), (["i-a"], {}))

    def test_not_asked_before_is_asked_then(self):
        """An instance that was not stopped at the first plan has no answer yet."""
        self.start(instance("volcengine", "i-a"), instance("volcengine", "i-b", "STOPPING"),
                   instance("volcengine", "i-c", "RUNNING"))
        core = self.stored(SET)
        config = core.config(**IDS, instance_ids=["i-a", "i-b", "i-c"])
        plan = core.plan(config)
        kept = self.check_kept(plan, "i-a", "i-b")
        self.assertEqual((kept["i-b"]["reason"], kept["i-b"]["confidence"]),
                         ("in_progress", "unverified"))
        self.assertEqual(self.dry_run_ids(), ["i-a"])
        for name in ("i-b", "i-c"):
            self.set_instance("volcengine", name, status="STOPPED")
        again = core.apply(config, plan)
        self.assertEqual(sorted(self.dry_run_ids()), ["i-a", "i-b", "i-c"])
        tokens = self.tokens()
        self.assertEqual((tokens["i-a"], tokens["i-b"]), (kept["i-a"]["token"], kept["i-b"]["token"]))
        self.assertEqual(tokens["i-c"], json.loads(again.private)["i"]["i-c"]["token"])

    def test_refusals_are_kept_too(self):
        self.start(instance("volcengine", "i-a", flags=["balance*1"]), config={"preflight": "warn"})
        core = self.stored()
        config = core.config(**IDENTITY)
        plan = core.plan(config)
        self.assertEqual(self.check_kept(plan, "i-a")["i-a"],
                         {"reason": "insufficient_balance", "confidence": "validated", "token": ""})
        again = core.apply(config, plan)
        self.assertEqual([one.summary for one in again.warnings],
                         ["volcengine/cn-beijing/i-a can't be started: insufficient_balance"])
        self.assertIn("refused the dry run of the start when it was planned before",
                      again.warnings[0].detail)
        self.assertEqual(self.dry_run_ids(), ["i-a"])
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_a_dry_run_that_was_not_answered_is_asked_again(self):
        self.start(instance("volcengine", "i-a", flags=["permission@dry_run*1"]))
        core = self.stored()
        config = core.config(**IDENTITY)
        plan = core.plan(config)
        one = self.check_kept(plan, "i-a")["i-a"]
        self.assertEqual((one["reason"], one["confidence"]), ("permission_denied", "unverified"))
        self.assertEqual(len(plan.warnings), 1)
        self.assertEqual(core.apply(config, plan).warnings, [])
        self.assertEqual(self.dry_run_ids(), ["i-a", "i-a"])
        self.assertEqual(self.tokens(), {"i-a": one["token"]})

    def test_nothing_is_kept_where_nothing_is_asked(self):
        self.start(instance("volcengine", "i-a"), config={"preflight": "off"})
        core = self.stored()
        core.private = b"of another"
        plan = self.applied(core, **IDENTITY)
        self.assertEqual(plan.private, b"of another")
        self.assertEqual((self.dry_run_ids(), core.private), ([], b"of another"))

    # ---- data that were changed -----------------------------------------------------------------

    def hostile(self, plan):
        """What a host must not return, and what is said about it."""
        good = json.loads(plan.private)
        one = good["i"]["i-a"]

        def start(**members):
            return json.dumps({**good, "i": {"i-a": {**one, **members}}}).encode()

        return {
            "garbage": (b"\0\xff\xfe garbage", "not JSON"),
            "truncated": (plan.private[:-2], "not JSON"),
            "huge": (plan.private + b" " * (256 * 1024), "at most 262144"),
            "deep": (b"[" * 100_000, "not JSON"),
            "of another version": (json.dumps({**good, "v": 2}).encode(), "version 2"),
            "of another form": (b"[1, 2]", "an object of v, at and i"),
            "no id": (json.dumps({**good, "i": {"../x": one}}).encode(), "not an instance id"),
            "a token of another form": (start(token="x" * 65), "a reason, a confidence and a token"),
            "an unknown reason": (start(reason="because"), "a reason, a confidence and a token"),
            "a token twice": (json.dumps({**good, "i": {"i-a": one, "i-b": one}}).encode(),
                              "the same token"),
        }

    def test_changed_data_are_one_warning_and_asked_again(self):
        self.start(instance("volcengine", "i-a"))
        core = self.stored()
        config = core.config(**IDENTITY)
        for name, (data, says) in self.hostile(core.plan(config)).items():
            with self.subTest(name):
                self.set_instance("volcengine", "i-a", status="STOPPED")
                self.reset_ledger()
                core = self.stored()
                plan = core.plan(config)
                token = self.check_kept(plan, "i-a")["i-a"]["token"]
                plan.private = data
                again = core.apply(config, plan)
                self.assertEqual([one.summary for one in again.warnings],
                                 ["The planned data can't be read"])
                self.assertIn(says, again.warnings[0].detail)
                self.assertEqual(self.dry_run_ids(), ["i-a", "i-a"])
                self.assertNotEqual(self.tokens(), {"i-a": token})
                self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
                self.assertEqual(core.private, b"")

    def test_other_instances_and_foreign_tokens(self):
        """Data of other instances have no effect; a token that another start had is refused by the
        cloud, as that of any other request would be."""
        self.start(instance("volcengine", "i-a"), instance("volcengine", "i-b"))
        core = self.stored()
        config = core.config(**IDENTITY)
        plan = core.plan(config)
        one = json.loads(plan.private)["i"]["i-a"]
        self.changed(plan, i={"i-b": one})
        again = core.apply(config, plan)
        self.assertEqual(again.warnings, [])
        self.assertEqual(self.dry_run_ids(), ["i-a", "i-a"])
        used = self.tokens()["i-a"]
        self.assertNotEqual(used, one["token"])

        core = self.stored()
        config = core.config(**{**IDENTITY, "instance_id": "i-b"})
        plan = core.plan(config)
        self.changed(plan, i={"i-b": {**one, "token": used}})
        with self.assertRaises(Refused) as caught:
            core.apply(config, plan)
        self.assertEqual(len(caught.exception.errors), 1)
        self.assertIn("token_mismatch", str(caught.exception))
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_private_data_of_an_apply(self):
        """Private data of any other kind stay in the state, and have no effect."""
        self.start(instance("volcengine", "i-a"))
        for data in (b"", b"\0\xff", b'{"v":2}', b"x" * 300_000):
            with self.subTest(data[:8]):
                self.set_instance("volcengine", "i-a", status="STOPPED")
                self.reset_ledger()
                core = self.core()
                config = core.config(**IDENTITY)
                plan = core.plan(config)
                core.apply_change(None, config, plan.planned, data, None)
                self.assertEqual(core.private, data)
                self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})


if __name__ == "__main__":
    unittest.main(verbosity=2)
