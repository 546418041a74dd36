#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints no handshake.
exec sleep 600
