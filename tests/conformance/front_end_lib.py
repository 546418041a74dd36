# SPDX-License-Identifier: Apache-2.0
"""libensure through ctypes, with the settings in its configuration."""

import os
import sys

import front_end
import schemas


class FrontEnd(front_end.FrontEnd):
    def __init__(self, paths):
        super().__init__(paths)
        os.environ["ENSURE_LIBRARY"] = os.path.join(paths.bin, "libensure.so.0")
        sys.path.insert(0, os.path.join(front_end.ROOT, "examples", "python"))
        import ensure  # pylint: disable=import-outside-toplevel
        self.ensure = ensure

    def find(self, job, selector):
        with self.ensure.Session({"clouds": job.settings()}) as session:
            try:
                return front_end.Answer.of(schemas.check(session.find(selector)))
            except self.ensure.Error as failure:
                return front_end.Answer(None, text=str(failure))

    def run(self, job):
        options = {"timeout": job.fleet.timeout_s}
        with self.ensure.Session({"clouds": job.settings()}) as session:
            if job.planning:
                document = session.plan(job.targets, dry_run=job.fleet.dry_run, **options)
            else:
                document = session.apply(job.targets, **options)
        schemas.check(document)
        return front_end.Outcome(document["instances"], summary=document["summary"])
