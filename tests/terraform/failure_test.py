# SPDX-License-Identifier: Apache-2.0
"""Applies that fail or are interrupted, destroys that are refused, and the state, files and
processes after them."""

import json
import os
import select
import shutil
import signal

from case import (BIN, KEY_VARIABLES, RUNNING, Case, account, files_of, instance, main, resource,
                  resource_set)

A = "ensure_instance_running.x"
S = "ensure_instances_running.x"
SHORT = '  timeouts {\n    create = "5s"\n    update = "5s"\n  }\n'


class FailedApplies(Case):
    def test_failed_create_leaves_no_state(self):
        self.start_world(instance("volcengine", "i-a", flags=["stock@real"]))
        self.configure(resource("volcengine", "i-a"))
        self.assertEqual(self.plan(code=2).errors, [])
        outcome = self.apply(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "not running: no_capacity",
                              "Insufficient.InstanceCapacity", "The state does not hold it")
        self.assertEqual(self.state(), {})
        self.set_instance("volcengine", "i-a", flags=[])
        self.apply()
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_failed_update_keeps_what_was_read(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        self.set_instance("volcengine", "i-a", status="STOPPED", flags=["stock@real"])
        outcome = self.apply(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "not running: no_capacity",
                              "The state holds what was read last")
        state = self.state()[A]
        self.assertEqual((state["status"], state["provider_status"]), ("stopped", "STOPPED"))
        self.set_instance("volcengine", "i-a", flags=[])
        self.apply()
        self.assertEqual(self.state()[A]["status"], "running")
        self.plan(code=0)

    def test_set_that_fails_in_part(self):
        names = [f"i-{n}" for n in range(4)]
        self.start_world(*(instance("alibaba", name) for name in names[:3]),
                         instance("alibaba", "i-3", flags=["stock@real"]))
        self.configure(resource_set("alibaba", names))
        outcome = self.apply(code=1)
        self.assertEqual([one["summary"] for one in outcome.errors],
                         ["1 of 4 instances not running: no_capacity"])
        self.check_diagnostic(outcome.errors[0], "instance_ids", "Instances: i-3.")
        self.assertEqual(self.state(), {})
        self.assertEqual(self.starts, {f"alibaba/cn-hangzhou/{name}": 1 for name in names[:3]})

        # The second apply finds the started instances running; then the same as an update.
        self.configure(resource_set("alibaba", names[:3]))
        self.apply()
        self.configure(resource_set("alibaba", names))
        self.apply(code=1)
        self.assertEqual(self.state()[S]["statuses"],
                         {"i-0": "running", "i-1": "running", "i-2": "running", "i-3": "stopped"})
        self.assertEqual(self.starts, {f"alibaba/cn-hangzhou/{name}": 1 for name in names[:3]})

    def test_timeout(self):
        for cloud in ("volcengine", "baidu"):
            with self.subTest(cloud):
                self.start_world(instance(cloud, "i-a", on_start="stays_starting"))
                self.configure(resource(cloud, "i-a", more=SHORT))
                outcome = self.apply(code=1)
                self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "timed_out",
                                      "A start was sent and accepted")
                self.assertEqual(self.state(), {})
                # It is starting: the next apply waits and starts nothing.
                self.set_instance(cloud, "i-a", status=RUNNING[cloud])
                self.apply()
                self.assertEqual(sum(self.starts.values()), 1)
                self.destroy()

    def test_update_has_its_own_timeout(self):
        self.start_world(instance("baidu", "i-a", "Running", on_start="stays_starting"))
        self.configure(resource("baidu", "i-a", more=SHORT))
        self.apply()
        self.set_instance("baidu", "i-a", status="Stopped")
        outcome = self.apply(code=1)
        self.assertIn("timed_out", outcome.errors[0]["summary"])
        self.assertEqual(self.state()[A]["status"], "starting")

    def test_fell_back(self):
        self.start_world(instance("volcengine", "i-a", on_start="falls_back", boot_reads=2))
        self.configure(resource("volcengine", "i-a"))
        outcome = self.apply(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "fell_back")
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_lost_reply_starts_once(self):
        self.start_world(instance("volcengine", "i-a"))
        self.set_faults("cut,action=StartInstance,dry_run=no,first=1,effect=yes")
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
        self.plan(code=0)

    def test_unreadable_after_the_start(self):
        """State and message contain the start's request id, not that of the read that failed."""
        self.start_world(instance("volcengine", "i-a", "RUNNING", boot_ms=9000))
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        self.set_instance("volcengine", "i-a", status="STOPPED")
        self.plan("-out=saved", code=2)
        # Terraform plans again before it applies; the third read is the poll after the start.
        self.set_faults("error:403:AccessDenied,cloud=volcengine,action=DescribeInstances,nth=3")
        outcome = self.apply("saved", code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "permission_denied",
                              "The start was accepted, but the instance could not be read",
                              "A start was sent and accepted (request id: ")
        state = self.state()[A]
        self.assertIn(f"(request id: {state['start_request_id']})", outcome.errors[0]["detail"])
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})

    def test_no_start_without_an_audit_log(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        self.environment["ENSURE_AUDIT_LOG"] = "/nonexistent/audit.log"
        outcome = self.apply(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "not running: policy",
                              "ENSURE_AUDIT_LOG", "/nonexistent/audit.log")
        self.assertTrue(any("ENSURE_AUDIT_LOG: /nonexistent/audit.log" in one["detail"]
                            for one in outcome.warnings), outcome.warnings)
        self.assertEqual(self.starts, {})

    def test_profile_that_others_may_read(self):
        """Its keys are used, and each process of the provider warns once; apply plans in its own."""
        self.start_world(instance("alibaba", "i-a"))
        key, secret = (self.environment.pop(name) for name in KEY_VARIABLES["alibaba"])
        profile = self.directory / ".aliyun" / "config.json"
        profile.parent.mkdir()
        profile.write_text(json.dumps({"current": "ci", "profiles": [{
            "name": "ci", "mode": "AK", "access_key_id": key, "access_key_secret": secret}]}),
            encoding="utf-8")
        profile.chmod(0o644)
        self.configure(resource("alibaba", "i-a"))
        for outcome, processes in ((self.plan(code=2), 1), (self.apply(), 2), (self.plan(code=0), 1)):
            told = [one["detail"] for one in outcome.warnings
                    if "other users may read the profile file (mode 0644)" in one["detail"]]
            self.assertEqual(len(told), processes, outcome.text)
            self.assertIn(str(profile), told[0])
        self.assertEqual(self.starts, {"alibaba/cn-hangzhou/i-a": 1})

    def test_invalid_utf8_from_the_cloud(self):
        self.start_world(instance("alibaba", "i-a", flags=["code:400:Odd\u00e9.\u202eCode\\u0001"]))
        self.configure(resource("alibaba", "i-a"))
        outcome = self.plan(code=1)
        self.assertIn("can't be started", outcome.errors[0]["summary"])


class Destroy(Case):
    def test_destroy_changes_no_instance(self):
        """With a refused and a vanished instance in the state, in the ways that the advice
        names."""
        for way in (("-refresh=false",), ()):
            with self.subTest(way):
                self.start_world(*(instance("alibaba", f"i-{n}", "Running") for n in "abc"))
                parts = [resource("alibaba", f"i-{n}", n) for n in "abc"]
                parts.append(resource_set("alibaba", ["i-a", "i-b", "i-c"]))
                self.configure(*parts)
                self.apply()
                self.set_instance("alibaba", "i-a", status="Stopped", flags=["stock@both"])
                self.set_instance("alibaba", "i-b", deleted=True)
                self.reset_ledger()
                outcome = self.destroy(code=1) # it plans first, and the plan is refused
                text = "\n".join(one["detail"] for one in outcome.errors)
                self.assertIn("terraform destroy -refresh=false", text)
                self.assertIn('preflight = "off"', text)
                self.assertEqual(len(self.state()), 4)
                if not way:
                    self.configure(*parts, provider='preflight = "off"')
                outcome = self.destroy(*way)
                self.assertIn("leaves them running", outcome.warnings[0]["summary"])
                self.assertEqual(self.state(), {})
                self.assertEqual(self.starts, {})
                self.assertEqual({r["action"] for r in self.emulator.control.ledger()["requests"]
                                  if not r["dry_run"]}, {"DescribeInstances"})

    def test_destroy_without_refresh_sends_no_request(self):
        self.start_world(instance("baidu", "i-a", "Running"))
        self.configure(resource("baidu", "i-a"))
        self.apply()
        self.reset_ledger()
        self.destroy("-refresh=false")
        self.assertEqual((self.calls(), self.state()), (0, {}))


class Interrupts(Case):
    def test_interrupt_ends_the_apply(self):
        self.start_world(instance("volcengine", "i-a", on_start="stays_starting"),
                         instance("volcengine", "i-b", "STOPPING"))
        self.configure(resource("volcengine", "i-a"), resource("volcengine", "i-b", "y"))
        with self.running("apply", "-json", "-auto-approve") as process:
            self.wait_for_a_start()
            os.killpg(process.pid, signal.SIGINT) # as a terminal does: to all of the group
            text = process.communicate(timeout=60)[0] # the apply may take 10 minutes
        self.assertEqual(process.returncode, 1, text)
        self.assertIn("cancelled", text)
        self.assertIn("A start was sent and accepted", text)
        self.assertEqual(self.state(), {})
        self.assertEqual(sum(self.starts.values()), 1)

    def test_provider_ends_when_terraform_is_killed(self):
        self.start_world(instance("volcengine", "i-a", on_start="stays_starting"))
        self.configure(resource("volcengine", "i-a"))
        with self.running("apply", "-json", "-auto-approve") as process:
            self.wait_for_a_start()
            orphans = [os.pidfd_open(pid) for pid in self.processes()]
            self.assertNotEqual(orphans, [])
            process.kill()
            process.communicate(timeout=60)
            for orphan in orphans:
                ready = select.select([orphan], [], [], 60)[0]
                os.close(orphan)
                self.assertNotEqual(ready, [], "the provider outlives terraform")

    def test_provider_ends_in_time(self):
        """terraform kills a provider that takes 2 s to exit, and logs that."""
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(resource("volcengine", "i-a"))
        log = self.directory / "trace.log"
        self.succeed("apply", "-auto-approve",
                     environment={"TF_LOG": "trace", "TF_LOG_PATH": str(log)})
        text = log.read_text(encoding="utf-8")
        self.assertIn("provider: plugin exited", text)
        self.assertNotIn("failed to exit gracefully", text)
        self.assertNotIn("unexpected data", text) # nothing on stdout after the handshake


class Secrets(Case):
    def test_no_secret_in_files_and_output(self):
        """State, plan file, trace log and crash output contain no key of the environment."""
        token = "very-secret-session-token"
        accounts = [account("volcengine", security_token=token), account("alibaba"),
                    account("baidu")]
        self.start_world(instance("volcengine", "i-a"), instance("alibaba", "i-b", flags=["stock@both"]),
                         instance("baidu", "i-c"), accounts=accounts)
        self.environment["VOLCENGINE_SESSION_TOKEN"] = token
        log = self.directory / "trace.log"
        traced = {"TF_LOG": "trace", "TF_LOG_PATH": str(log), "ENSURE_LOG": "trace"}
        self.configure(resource("volcengine", "i-a", "a"), resource("alibaba", "i-b", "b"),
                       resource("baidu", "i-c", "c"), provider='preflight = "warn"')
        said = self.terraform("plan", "-out=plan.bin", environment=traced).text
        said += self.succeed("show", "-json", "plan.bin").stdout
        said += self.terraform("apply", "plan.bin", environment=traced).text
        self.set_faults("error:401:SignatureDoesNotMatch")
        said += self.terraform("plan", environment=traced).text
        said += log.read_text(encoding="utf-8", errors="replace")
        said += (self.work / "terraform.tfstate").read_text(encoding="utf-8")
        said += files_of(self.work / "plan.bin")
        for one in accounts:
            self.assertNotIn(one["secret_key"], said)
        self.assertNotIn(token, said)
        self.assertIn("terraform-provider-ensure", log.read_text(encoding="utf-8"))

    def test_no_secret_in_the_output_of_a_crash(self):
        """The provider crashes during an apply; Terraform's output then contains no key."""
        self.start_world(instance("volcengine", "i-a", on_start="stays_starting"))
        self.environment["ASAN_OPTIONS"] = "handle_segv=0"
        self.environment["TSAN_OPTIONS"] = "handle_segv=0"
        self.configure(resource("volcengine", "i-a"))
        log = self.directory / "trace.log"
        self.environment.update({"TF_LOG": "trace", "TF_LOG_PATH": str(log)})
        with self.running("apply", "-json", "-auto-approve") as process:
            self.wait_for_a_start()
            for pid in self.processes():
                os.kill(pid, signal.SIGSEGV)
            text = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 1, text)
        text += log.read_text(encoding="utf-8", errors="replace")
        self.assertIn("panic: ", text)
        self.assertNotIn(account("volcengine")["secret_key"], text)
        self.assertEqual(self.state(), {})

    def test_keys_of_the_provider_block_are_not_in_the_state(self):
        self.start_world(instance("alibaba", "i-a", flags=["stock@real"]),
                         instance("alibaba", "i-b"))
        one = account("alibaba")
        for variable in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"):
            del self.environment[variable]
        self.configure(resource("alibaba", "i-a", "a"), resource("alibaba", "i-b", "b"),
                       'variable "secret" {\n  sensitive = true\n}\n',
                       provider=f'alibaba = {{\n  access_key = "{one["access_key"]}"\n'
                                "  secret_key = var.secret\n}")
        outcome = self.terraform("apply", "-json", "-auto-approve",
                                 environment={"TF_VAR_secret": one["secret_key"]})
        self.assertEqual(outcome.code, 1)
        self.assertNotIn(one["secret_key"], outcome.text)
        self.assertNotIn(one["secret_key"],
                         (self.work / "terraform.tfstate").read_text(encoding="utf-8"))


class ProviderFiles(Case):
    def refused(self, *clouds):
        """A copy of the provider in which the files of these clouds are world-writable."""
        copy = self.directory / "copy"
        (copy / "providers").mkdir(parents=True)
        shutil.copy(BIN / "terraform-provider-ensure", copy)
        for file in (BIN / "providers").glob("*.so"):
            shutil.copy(file, copy / "providers")
            os.chmod(copy / "providers" / file.name, 0o666 if file.stem in clouds else 0o644)
        rc = self.directory / "terraform.rc"
        rc.write_text(rc.read_text(encoding="utf-8").replace(str(BIN), str(copy)),
                      encoding="utf-8")

    def test_world_writable_provider_file(self):
        """The error that the cloud has no provider says why its file was refused."""
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        self.refused("volcengine")
        outcome = self.terraform("plan", "-no-color", "-input=false")
        self.assertEqual(outcome.code, 1)
        text = " ".join(outcome.text.replace("\u2502", " ").split())
        self.assertIn("there is no provider for cloud", text)
        self.assertIn("copy/providers/volcengine.so: mode: expected a file that is not "
                      "world-writable, found 0666", text)

    def test_all_provider_files_refused(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        self.refused("volcengine", "alibaba", "baidu")
        outcome = self.terraform("plan", "-no-color", "-input=false")
        self.assertEqual(outcome.code, 1)
        text = " ".join(outcome.text.replace("\u2502", " ").split())
        self.assertIn("no cloud provider was found", text)
        self.assertIn("copy/providers/volcengine.so: mode: expected a file that is not "
                      "world-writable, found 0666", text)


if __name__ == "__main__":
    main()
