-- Run once, when a database container starts on an empty volume: the service's own role and database. The service is
-- no superuser, and its database opens to nobody else.

-- A statement that fails would be logged with the password in it.
SET log_min_error_statement = 'panic';

\getenv service SERVICE
\set password `cat /run/secrets/database_password`
\set database :service _db

CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"service";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
