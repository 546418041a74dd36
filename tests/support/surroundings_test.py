#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of surroundings.py."""

import os
import unittest

import surroundings
from surroundings import SAFE


class Surroundings(unittest.TestCase):
    def setUp(self):
        saved = dict(os.environ)
        self.addCleanup(os.environ.update, saved)
        os.environ.update(ENSURE_LOG="trace", ALIBABA_CLOUD_PROFILE="p", TOY_KEY="k", OTHER="o")

    def test_bare(self):
        found = surroundings.bare(HOME="/nowhere", OTHER="mine")
        self.assertEqual(found["PATH"], os.environ["PATH"])
        self.assertEqual((found["HOME"], found["OTHER"]), ("/nowhere", "mine"))
        self.assertEqual(set(found) - set(surroundings.KEPT), {"HOME", "OTHER", *SAFE})

    def test_unset(self):
        found = surroundings.unset("TOY_", ENSURE_LOG="warn")
        self.assertEqual((found["OTHER"], found["ENSURE_LOG"]), ("o", "warn"))
        self.assertFalse({"ALIBABA_CLOUD_PROFILE", "TOY_KEY"} & set(found))

    def test_each_is_safe(self):
        for found in (surroundings.bare(), surroundings.unset()):
            self.assertEqual({name: found.get(name) for name in SAFE}, SAFE)

    def test_with_metadata(self):
        given = surroundings.bare(OTHER="o")
        found = surroundings.with_metadata(given, {"alibaba_metadata": "http://127.0.0.1:65535"})
        self.assertEqual(given["ENSURE_METADATA"], "off")
        self.assertEqual((found["ENSURE_METADATA"], found["OTHER"]), ("", "o"))
        self.assertEqual(found["ENSURE_ALIBABA_METADATA"], "http://127.0.0.1:65535")
        for cloud in ("VOLCENGINE", "BAIDU"):
            self.assertEqual(found[f"ENSURE_{cloud}_METADATA"], "http://127.0.0.1:1")

    def test_with_metadata_refuses_other_addresses(self):
        for url in ("http://10.0.0.1:80", "https://127.0.0.1:80", "http://127.0.0.1",
                    "http://127.0.0.1:80/x", "http://127.0.0.1.example:80", ""):
            with self.subTest(url=url), self.assertRaises(ValueError):
                surroundings.with_metadata({}, {"baidu_metadata": url})


if __name__ == "__main__":
    unittest.main()
