#!/bin/sh
# Brings an old primary back as a standby, with pg_rewind called as Patroni calls it: a connection string without a
# password, a password file and settings in the environment; it looks at the exit status and at both outputs.
# rejoin.sh PG_REWIND DATA HOST PORT PASSFILE
set -u

PGPASSFILE=$5
PGOPTIONS='-c statement_timeout=0'
LANG=C
LC_ALL=C
export PGPASSFILE PGOPTIONS LANG LC_ALL

"$1" --help >/dev/null 2>&1 || exit 2

output=$("$1" --restore-target-wal -D "$2" \
  --source-server "user=rewinder host=$3 port=$4 dbname=postgres connect_timeout=3 sslmode=prefer" 2>&1)
status=$?
echo "exit code=$status"
echo "$output"
# Where WAL is missing it would be fetched, and the rewind tried again.
echo "$output" | sed -n 's/.*could not open file ".*\/pg_wal\/\([0-9A-F]*\)": .*/missing=\1/p'
[ $status -eq 0 ]
