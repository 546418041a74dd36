#!/bin/sh
# Starts, and never says anything.
exec sleep 600
