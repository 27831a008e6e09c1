#!/usr/bin/env bash
# Prints RentCache's events, one JSON object a line, from now on; after a break it goes on behind the last that it has had.
#
#     RENTCACHE=http://localhost:8000 RENTCACHE_ADMIN_KEY=... ./listen.sh cache.miss,budget.step
set -u
types=${1:+?types=$1}
last=
while true; do
    while IFS= read -r line; do
        case $line in
            'id: '*) last=${line#id: } ;;
            'data: '*) printf '%s\n' "${line#data: }" ;;
        esac
    done < <(curl -sSN --fail -H "X-Api-Key: $RENTCACHE_ADMIN_KEY" ${last:+-H "Last-Event-ID: $last"} \
        "$RENTCACHE/admin/v1/events$types")
    sleep 1
done
