#!/bin/sh
# Makes the secrets that compose.yaml names, each in a file of its own. What is there stays as it is.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
# Files of compose are mounted with the modes they have here, and the program in the container is nobody (65532): the folder keeps others out.
umask 022
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
put() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }
put postgres_password "$(random)"
put owner_password "$(random)"
put app_password "$(random)"
put redis_password "$(random)"
put secret_key "$(random)"
put migrate_url "postgres://taskhouse_owner:$(cat secrets/owner_password)@postgres:5432/taskhouse"
put database_url "postgres://taskhouse_login:$(cat secrets/app_password)@postgres:5432/taskhouse"
put redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
