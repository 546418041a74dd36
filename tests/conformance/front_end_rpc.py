# SPDX-License-Identifier: Apache-2.0
"""The ensure.v1 service of the plugin process, called by an independent gRPC client."""

import contextlib
import os
import sys

import grpc

import front_end

sys.path.insert(0, os.path.join(front_end.ROOT, "tests", "rpc"))
import host  # noqa: E402  pylint: disable=wrong-import-position

COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE", "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
pb2, pb2_grpc = host.stubs("proto", "ensure/v1/ensure.proto")


class FrontEnd(front_end.FrontEnd):
    @contextlib.contextmanager
    def plugin(self, job):
        """The service of a process of its own, which has to end in order."""
        program = os.path.join(self.paths.bin, "terraform-provider-ensure")
        with host.Plugin(program, COOKIE, variables={"HOME": self.paths.home}) as plugin:
            stub = pb2_grpc.EnsureStub(plugin.channel())
            stub.Configure(pb2.ConfigureRequest(
                clouds=[pb2.CloudSettings(cloud=cloud, **settings)
                        for cloud, settings in job.settings().items()]))
            yield stub
            status = plugin.shut_down()
        if status != 0:
            raise RuntimeError(f"{job.name}: the plugin ended with {status}: {plugin.stderr}")

    def run(self, job):
        with self.plugin(job) as stub:
            common = {"targets": job.targets, "timeout_ms": job.fleet.timeout_s * 1000}
            if job.planning:
                stream = stub.Plan(pb2.PlanRequest(no_dry_run=not job.fleet.dry_run, **common),
                                   timeout=front_end.TIMEOUT_S)
            else:
                stream = stub.Apply(pb2.ApplyRequest(**common), timeout=front_end.TIMEOUT_S)
            events = list(stream)
        instances = [{field.name: getattr(event.instance, field.name)
                      for field in pb2.InstancePlan.DESCRIPTOR.fields}
                     for event in events if event.WhichOneof("event") == "instance"]
        [counts] = [event.summary for event in events if event.WhichOneof("event") == "summary"]
        words = front_end.summary_of(instances, job.planning)
        return front_end.Outcome(instances, ordered=False,
                                 summary={word: getattr(counts, word) for word in words})

    @staticmethod
    def answer(stub, selector):
        try:
            events = list(stub.Find(pb2.FindRequest(select=[pb2.Selector(**selector)]),
                                    timeout=front_end.TIMEOUT_S))
        except grpc.RpcError as refused:
            return front_end.Answer(None, text=refused.details())
        failures = [event.failure for event in events if event.WhichOneof("event") == "failure"]
        if failures:
            return front_end.Answer(None, text=f"{failures[0].reason}: {failures[0].message}")
        found = [{field.name: getattr(event.instance, field.name)
                  for field in pb2.FoundInstance.DESCRIPTOR.fields}
                 for event in events if event.WhichOneof("event") == "instance"]
        return front_end.Answer.of({
            "instances": [{**one, "tags": dict(one["tags"])} for one in found],
            "warnings": events[-1].summary.warnings})

    def find_all(self, jobs):
        answers = []
        for job in jobs:
            with self.plugin(job) as stub:
                answers.append([self.answer(stub, question.selector)
                                for question in job.fleet.questions])
        return answers
