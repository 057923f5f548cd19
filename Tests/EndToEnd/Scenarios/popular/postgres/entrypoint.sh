#!/bin/bash
# Makes the database on the first start, then becomes the server.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --username=postgres --auth=trust --encoding=UTF8 --locale=C
    # Nobody else gets in before it is complete.
    for file in /init.d/*.sql; do postgres --single -j postgres < "$file"; done
fi
exec "$@"
