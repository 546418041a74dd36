# SPDX-License-Identifier: Apache-2.0
# The environment of every test; CTest includes this file when it starts. No test asks the metadata
# service of the machine that it runs on; support/surroundings.py has the rules.
set(ENV{ENSURE_METADATA} off)
