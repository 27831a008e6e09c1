#!/usr/bin/env bash
# Prints RentCache's events as they happen, as server-sent events. After a break it goes on behind the last event that it
# has had.
#
#     RENTCACHE=http://localhost:8000 RENTCACHE_ADMIN_KEY=... ./listen.sh cache.miss,budget.step
set -u
types=${1:-}
last=
