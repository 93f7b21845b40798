-- Creates a service's role and database, once, when a database container starts on an empty volume. The role is no
-- superuser, and no other role may connect to the database.

-- Otherwise a failing statement would be logged with the password.
SET log_min_error_statement = 'panic';

\getenv service SERVICE
\set password `cat /run/secrets/database_password`
\set database :service _db

CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"service";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
