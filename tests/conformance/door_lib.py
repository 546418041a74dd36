# SPDX-License-Identifier: Apache-2.0
"""libensure by way of ctypes: settings as a configuration."""

import os
import sys

import ground
import schemas


class Door(ground.Door):
    def __init__(self, places):
        super().__init__(places)
        os.environ["ENSURE_LIBRARY"] = os.path.join(places.bin, "libensure.so.0")
        sys.path.insert(0, os.path.join(ground.ROOT, "examples", "python"))
        import ensure  # pylint: disable=import-outside-toplevel
        self.ensure = ensure

    def run(self, job):
        options = {"timeout": job.fleet.timeout_s}
        with self.ensure.Session({"clouds": job.settings()}) as session:
            if job.planning:
                document = session.plan(job.targets, dry_run=job.fleet.dry_run, **options)
            else:
                document = session.apply(job.targets, **options)
        schemas.check(document)
        return ground.Outcome(document["instances"], summary=document["summary"])
