#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of proto_comments.py on small texts."""
import unittest

from proto_comments import uncommented

COMMENTED = """syntax = "proto3";
// Not of the package.

package a.b;
option go_package = "x; // no comment {";

// A service.
service S {
  /* A method,
   * in two lines. */
  rpc Do(Ask) returns (stream Answer);
  // A method with options.
  rpc Other(Ask) returns (Answer) {
    option deprecated = true;
  }
}

// A message.
message Ask {
  reserved 7, 8;
  // A field.
  repeated string a = 1 [packed = false]; // more about it
  // A map.
  map<string, int32> m = 2;
  // A choice.
  oneof which {
    // One.
    string message = 3;
  }
  // An enumeration.
  enum E {
    // None.
    E_NONE = 0;
  }
}
"""


def found(text):
    return [(kind, name) for _, kind, name in uncommented(text)]


class ProtoComments(unittest.TestCase):
    def test_commented_text_is_clean(self):
        self.assertEqual(found(COMMENTED), [])

    def test_each_kind_of_element_is_found(self):
        bare = "\n".join(line for line in COMMENTED.splitlines()
                         if not line.strip().startswith(("//", "/*", "*")))
        self.assertEqual(found(bare), [
            ("service", "S"), ("rpc", "Do"), ("rpc", "Other"), ("message", "Ask"), ("field", "a"),
            ("field", "m"), ("oneof", "which"), ("field", "message"), ("enum", "E"),
            ("enum value", "E_NONE")])

    def test_trailing_and_detached_comments_do_not_count(self):
        text = "// M.\nmessage M {\n  string a = 1; // a\n  string b = 2;\n\n  // gap\n\n  string c = 3;\n}\n"
        self.assertEqual(found(text), [("field", "a"), ("field", "b"), ("field", "c")])

    def test_lines_are_told(self):
        self.assertEqual(list(uncommented("\n\nmessage M {}\n")), [(3, "message", "M")])


if __name__ == "__main__":
    unittest.main()
