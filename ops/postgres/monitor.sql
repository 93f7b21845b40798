-- Creates the role of the exporter, which reads the server's statistics but no table. The superuser runs this in a
-- service's database before every start of its exporter, on new volumes and on existing ones.

-- The service owns the database: without this, a better matching function of the service would run as superuser.
SET search_path = pg_catalog;
-- Otherwise a failing statement would be reported here and in the server's log, with the password.
\set VERBOSITY terse
\set ON_ERROR_STOP on
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_statement = 'none';
-- Without notices about objects that exist.
SET client_min_messages = warning;

\set password `cat /run/secrets/monitor_password`
SELECT current_database() AS database \gset

BEGIN;
-- Of two concurrent runs both would find no role.
SELECT pg_advisory_xact_lock(hashtext('monitor')) \g /dev/null
SELECT 'CREATE ROLE monitor' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'monitor') \gexec
-- An exporter keeps one connection and opens another for a moment; the limit reserves the others for the service.
ALTER ROLE monitor WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5
  PASSWORD :'password';
ALTER ROLE monitor SET default_transaction_read_only = on;
-- Prevents the service's own functions from running with the rights of this role.
ALTER ROLE monitor SET search_path = pg_catalog;
ALTER ROLE monitor SET statement_timeout = '5s';
GRANT pg_monitor TO monitor;
-- Granted to pg_monitor, because a backup contains this line and may be restored on a server without the role monitor.
GRANT CONNECT ON DATABASE :"database" TO pg_monitor;
COMMIT;
