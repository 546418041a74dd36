# SPDX-License-Identifier: Apache-2.0
"""The directory for what tests make or download once, for all build trees: ENSURE_TEST_CACHE, or
ensure-tests in the user's cache directory."""
import os

DIRECTORY = os.environ.get("ENSURE_TEST_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "ensure-tests")
