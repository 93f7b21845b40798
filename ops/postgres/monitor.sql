-- Run by the superuser in a service's database, before its exporter starts and as often as that happens: on a new volume
-- and on one that has been there for years. The role reads the server's statistics and no table.

-- The database belongs to its service: a function of its own that fits better than PostgreSQL's would run as superuser.
SET search_path = pg_catalog;
-- A statement that fails would be told, here and in the server's log, with the password in it.
\set VERBOSITY terse
\set ON_ERROR_STOP on
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_statement = 'none';
-- What is there already is no news.
SET client_min_messages = warning;

\set password `cat /run/secrets/monitor_password`
SELECT current_database() AS database \gset

BEGIN;
-- Two runs at once would both find no role.
SELECT pg_advisory_xact_lock(hashtext('monitor')) \g /dev/null
SELECT 'CREATE ROLE monitor' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'monitor') \gexec
-- An exporter holds one connection and opens another for a moment; it never takes those of the service.
ALTER ROLE monitor WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5
  PASSWORD :'password';
ALTER ROLE monitor SET default_transaction_read_only = on;
-- Nor does what the service put there run with what this role may see.
ALTER ROLE monitor SET search_path = pg_catalog;
ALTER ROLE monitor SET statement_timeout = '5s';
GRANT pg_monitor TO monitor;
-- Not to the role itself: a backup holds this line, and may be restored where nobody monitors.
GRANT CONNECT ON DATABASE :"database" TO pg_monitor;
COMMIT;
