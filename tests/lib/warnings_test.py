# SPDX-License-Identifier: Apache-2.0
"""Warnings about keys in the documents of libensure.

usage: warnings_test.py LIBENSURE EXAMPLES_DIR     (started by support/with_emulator.py)
"""
import json
import os
import sys
import unittest

os.environ["ENSURE_LIBRARY"], EXAMPLES = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.join(EXAMPLES, "python"))
import ensure  # pylint: disable=wrong-import-position

TARGET = "alibaba/cn-hangzhou/i-off"


class Warnings(unittest.TestCase):
    def test_profile_that_others_may_read(self):
        """Its keys are used; the session tells it once."""
        path = os.path.join(os.environ["HOME"], ".aliyun", "config.json")
        os.mkdir(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"profiles": [{
                "name": "ci", "mode": "AK",
                "access_key_id": os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
                "access_key_secret": os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]}]}, file)
        os.chmod(path, 0o604)
        with ensure.Session({"clouds": {"alibaba": {"profile": "ci"}}}) as session:
            plan, applied = session.plan([TARGET]), session.apply([TARGET])
        self.assertEqual(plan["warnings"], [
            f"{path}: other users may read the profile file (mode 0604): chmod o-r corrects that"])
        self.assertEqual(applied["warnings"], [])
        self.assertEqual(applied["instances"][0]["status"], "running")


if __name__ == "__main__":
    unittest.main()
