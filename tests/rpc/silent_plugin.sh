#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts, and never says anything.
exec sleep 600
