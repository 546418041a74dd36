# SPDX-License-Identifier: Apache-2.0
"""The ensure.v1 service of the plugin process, called by an independent gRPC client."""

import os
import sys

import front_end

sys.path.insert(0, os.path.join(front_end.ROOT, "tests", "rpc"))
import host  # noqa: E402  pylint: disable=wrong-import-position

COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE", "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
pb2, pb2_grpc = host.stubs("proto", "ensure/v1/ensure.proto")


class FrontEnd(front_end.FrontEnd):
    def run(self, job):
        program = os.path.join(self.paths.bin, "terraform-provider-ensure")
        with host.Plugin(program, COOKIE, variables={"HOME": self.paths.home}) as plugin:
            stub = pb2_grpc.EnsureStub(plugin.channel())
            stub.Configure(pb2.ConfigureRequest(
                clouds=[pb2.CloudSettings(cloud=cloud, **settings)
                        for cloud, settings in job.settings().items()]))
            common = {"targets": job.targets, "timeout_ms": job.fleet.timeout_s * 1000}
            if job.planning:
                stream = stub.Plan(pb2.PlanRequest(no_dry_run=not job.fleet.dry_run, **common),
                                   timeout=front_end.TIMEOUT_S)
            else:
                stream = stub.Apply(pb2.ApplyRequest(**common), timeout=front_end.TIMEOUT_S)
            events = list(stream)
            status = plugin.shut_down()
        if status != 0:
            raise RuntimeError(f"{job.name}: the plugin ended with {status}: {plugin.stderr}")
        instances = [{field.name: getattr(event.instance, field.name)
                      for field in pb2.InstancePlan.DESCRIPTOR.fields}
                     for event in events if event.WhichOneof("event") == "instance"]
        [counts] = [event.summary for event in events if event.WhichOneof("event") == "summary"]
        words = front_end.summary_of(instances, job.planning)
        return front_end.Outcome(instances, ordered=False,
                                 summary={word: getattr(counts, word) for word in words})
