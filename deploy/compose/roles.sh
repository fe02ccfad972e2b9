#!/bin/sh
# The roles of docs/operations.md, once, when PostgreSQL's data is made: one owns the tables and migrates, one serves and owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d postgres \
	-v owner_password="$(cat /run/secrets/owner_password)" -v app_password="$(cat /run/secrets/app_password)" <<'SQL'
CREATE ROLE taskhouse_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE taskhouse_login LOGIN NOINHERIT PASSWORD :'app_password' CONNECTION LIMIT 100;
CREATE ROLE taskhouse_app NOLOGIN;
CREATE ROLE taskhouse_system NOLOGIN;
GRANT taskhouse_app, taskhouse_system TO taskhouse_owner, taskhouse_login;
CREATE DATABASE taskhouse OWNER taskhouse_owner;
REVOKE ALL ON DATABASE taskhouse FROM PUBLIC;
GRANT CONNECT ON DATABASE taskhouse TO taskhouse_login;
SQL
