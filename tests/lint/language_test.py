#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of language.py on small texts."""
import unittest

from language import PHRASES, found


def words(text, name="a.c"):
    return [found_words for _, found_words, _ in found(name, text)]


class Language(unittest.TestCase):
    def test_the_table_has_at_least_40_phrases_and_a_replacement_for_each(self):
        self.assertGreaterEqual(len(PHRASES), 40)
        self.assertEqual(len({phrase for phrase, _ in PHRASES}), len(PHRASES))
        self.assertTrue(all(instead for _, instead in PHRASES))

    def test_comments_and_strings_of_c_are_read_and_code_is_not(self):
        self.assertEqual(words('/* The door. */ int door = 1; // Nobody.\nput("no NEWS");'),
                         ["door", "Nobody", "NEWS"])

    def test_phrases_are_found_across_lines(self):
        self.assertIn("travels together", words("/*\n * What travels\n * together.\n */"))
        self.assertIn("turned away", words('say("was turned "\n    "away");'))
        self.assertIn("turned away", words("# It was turned\n# away.\n", "a.py"))

    def test_identifiers_and_longer_words_are_not_phrases(self):
        self.assertEqual(words("import door_cli, newsletter, indoors\n", "a.py"), [])
        self.assertEqual(words("/* turned */ f(); /* away */"), [])

    def test_lines_are_told(self):
        self.assertEqual([line for line, _, _ in found("a.c", "\n\n/* a\n   door */")], [4])


if __name__ == "__main__":
    unittest.main()
