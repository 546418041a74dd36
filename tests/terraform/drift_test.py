# SPDX-License-Identifier: Apache-2.0
"""Changes outside of Terraform, and reads that fail: only a status that an apply would change is
drift, and an instance is removed from the state only if the cloud says that it does not exist."""

from case import RUNNING, Case, account, instance, main, resource, resource_set

A = "ensure_instance_running.x"
S = "ensure_instances_running.x"


class Drift(Case):
    def apply_running(self, cloud, **members):
        self.start_world(instance(cloud, "i-a", RUNNING[cloud], **members))
        self.configure(resource(cloud, "i-a"))
        self.apply()

    def change_of(self, address):
        changes = {c["address"]: c["change"] for c in self.planned()["resource_changes"]}
        return changes[address]

    def test_stopped_outside_of_terraform(self):
        for cloud, word in (("volcengine", "STOPPED"), ("alibaba", "Stopped"), ("baidu", "Stopped")):
            with self.subTest(cloud):
                self.apply_running(cloud)
                self.set_instance(cloud, "i-a", status=word)
                self.plan("-refresh-only", code=2)
                change = self.change_of(A)
                self.assertEqual(change["actions"], ["update"])
                self.assertEqual((change["before"]["status"], change["before"]["provider_status"]),
                                 ("stopped", word))
                self.assertEqual(change["after"]["status"], "running")
                text = self.succeed("show", "-no-color", "plan.bin").stdout
                self.assertRegex(text, r'~ status +\S* *= "stopped" -> "running"')
                self.succeed("apply", "plan.bin")
                self.assertEqual(sum(self.starts.values()), 1)
                self.assertEqual(self.state()[A]["provider_status"], RUNNING[cloud])
                self.assertNotEqual(self.state()[A]["start_request_id"], "")
                self.plan(code=0)
                self.destroy()

    def test_stopping_outside_of_terraform(self):
        self.apply_running("alibaba")
        self.set_instance("alibaba", "i-a", status="Stopping",
                          becomes={"status": "Stopped", "after_reads": 4})
        change = self.change_of(A)
        self.assertEqual((change["before"]["status"], change["after"]["status"]),
                         ("stopping", "running"))
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {"alibaba/cn-hangzhou/i-a": 1})

    def test_starting_is_not_drift(self):
        self.apply_running("volcengine")
        before = self.state()
        for word in ("STARTING", "REBOOTING"):
            self.set_instance("volcengine", "i-a", status=word)
            self.plan(code=0)
            self.plan("-refresh-only", code=0)
        self.apply()
        self.assertEqual(self.state(), before)
        self.assertEqual(self.starts, {})

    def test_unstartable_states_are_drift_and_refused(self):
        self.apply_running("baidu")
        for word, status, reason in (("Error", "failed", "wrong_state"),
                                     ("Recycled", "failed", "expired")):
            self.set_instance("baidu", "i-a", status=word)
            outcome = self.plan(code=1)
            self.assertIn(reason, outcome.errors[0]["summary"])
            self.apply("-refresh-only")
            self.assertEqual(self.state()[A]["status"], status)
            self.assertEqual(self.state()[A]["provider_status"], word)

    def test_unknown_status_word(self):
        self.apply_running("alibaba")
        self.set_instance("alibaba", "i-a", shows="Dancing")
        outcome = self.plan(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "wrong_state", "Dancing")
        self.apply("-refresh-only")
        self.assertEqual(self.state()[A]["status"], "unknown")

    def test_vanished(self):
        for cloud in RUNNING:
            with self.subTest(cloud):
                self.apply_running(cloud)
                self.set_instance(cloud, "i-a", deleted=True)
                outcome = self.plan(code=1)
                self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "not_found")
                self.apply("-refresh-only")
                self.assertEqual(self.state(), {})

    def test_vanished_from_a_set_is_absent(self):
        self.start_world(*(instance("alibaba", f"i-{n}", "Running") for n in "abc"))
        self.configure(resource_set("alibaba", ["i-a", "i-b", "i-c"]))
        self.apply()
        self.set_instance("alibaba", "i-b", deleted=True)
        self.set_instance("alibaba", "i-c", status="Stopped")
        outcome = self.plan(code=1)
        self.assertEqual([one["summary"] for one in outcome.errors],
                         ["1 of 2 instances can't be started: not_found"])
        self.apply("-refresh-only")
        self.assertEqual(self.state()[S]["statuses"],
                         {"i-a": "running", "i-b": "absent", "i-c": "stopped"})
        self.configure(resource_set("alibaba", ["i-a", "i-c"]))
        self.apply()
        self.assertEqual(self.starts, {"alibaba/cn-hangzhou/i-c": 1})


class FailedReads(Case):
    """A read that fails is an error, and the state is unchanged, byte for byte."""

    FAULTS = (
        ("html:404", "malformed_response"), ("html:200", "malformed_response"),
        ("empty:404", ""), ("xml:404", "invalid_argument"), ("garbage", "malformed_response"),
        ("error:404:InvalidVersion", "invalid_argument"), ("error:403:AccessDenied", "permission_denied"),
        ("error:500:InternalError", "internal"), ("redirect", ""), ("truncate", ""),
    )

    def check_nothing_is_lost(self, fault, reason):
        path = self.work / "terraform.tfstate"
        before = path.read_bytes()
        self.set_faults(fault)
        outcome = self.apply("-refresh-only", code=1)
        self.assertIn(f"could not be checked: {reason}", outcome.errors[0]["summary"])
        self.assertEqual(path.read_bytes(), before)
        self.set_faults()

    def test_faults(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        for fault, reason in self.FAULTS:
            with self.subTest(fault):
                self.check_nothing_is_lost(f"{fault},cloud=volcengine", reason)
        self.plan(code=0)

    def test_set(self):
        self.start_world(*(instance("baidu", f"i-{n}", "Running") for n in "ab"))
        self.configure(resource_set("baidu", ["i-a", "i-b"]))
        self.apply()
        self.check_nothing_is_lost("html:404,cloud=baidu", "malformed_response")

    def test_missing_read_permission(self):
        """Alibaba then returns an empty list, as if there were no instances."""
        self.start_world(instance("alibaba", "i-a", "Running"))
        self.configure(resource("alibaba", "i-a"), resource_set("alibaba", ["i-a"]))
        self.apply()
        before = self.state()
        accounts = [account("alibaba", denied=["DescribeInstances"]), account("volcengine"),
                    account("baidu")]
        self.start_world(instance("alibaba", "i-a", "Running"), accounts=accounts)
        for arguments in (("plan", "-json"), ("apply", "-json", "-refresh-only", "-auto-approve")):
            outcome = self.terraform(*arguments)
            self.assertEqual(outcome.code, 1)
            self.assertEqual({one["summary"].split(": ")[-1] for one in outcome.errors},
                             {"permission_denied"})
        self.assertEqual(self.state(), before)

    def test_data_source(self):
        self.start_world(instance("volcengine", "i-a"))
        self.set_faults("html:404,cloud=volcengine")
        self.configure('data "ensure_instance" "a" {\n  cloud = "volcengine"\n'
                       '  region = "cn-beijing"\n  instance_id = "i-a"\n}\n')
        outcome = self.plan(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "malformed_response")

    def test_edited_state(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        path = self.work / "terraform.tfstate"
        good = path.read_text(encoding="utf-8")
        for old, new, says in (
                ('"instance_id": "i-a"', '"instance_id": "../../x"', "malformed"),
                ('"instance_id": "i-a"', '"instance_id": ["i-a"]', "another type"),
                ('"cloud": "volcengine"', '"cloud": "aws"', "aws"),
                ('"schema_version": 0', '"schema_version": 7', "version")):
            with self.subTest(new):
                self.assertIn(old, good)
                path.write_text(good.replace(old, new), encoding="utf-8")
                outcome = self.plan(code=1)
                self.assertIn(says, json_text(outcome.errors))


def json_text(diagnostics):
    return "\n".join(one["summary"] + one["detail"] for one in diagnostics)


if __name__ == "__main__":
    main()
