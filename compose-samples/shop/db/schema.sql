CREATE TABLE visits (count bigint NOT NULL);
INSERT INTO visits VALUES (0);

CREATE TABLE products (name text PRIMARY KEY, cents integer NOT NULL CHECK (cents > 0));
INSERT INTO products VALUES ('apples', 240), ('bread', 380), ('cheese', 720);
