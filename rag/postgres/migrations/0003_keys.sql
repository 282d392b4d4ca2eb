-- Keys to a server: of the secret only a hash. Empty `tags` and `sources` limit nothing.

CREATE TABLE keys (
    id text PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE, hash text NOT NULL, scope text NOT NULL,
    tags text NOT NULL, sources text NOT NULL, created text COLLATE "C" NOT NULL, expires text, revoked text
);
