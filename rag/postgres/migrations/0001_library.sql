-- The library. Names and shapes are those of the embedded database (rag/library/schema.py) wherever both have
-- a table; text is compared byte by byte, as SQLite does, so that lists come in the same order.

CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL);

CREATE TABLE articles (
    id text COLLATE "C" PRIMARY KEY, title text NOT NULL, source text COLLATE "C", source_key text COLLATE "C",
    published text COLLATE "C", url text, tags text NOT NULL, title_lemmas text NOT NULL, text text NOT NULL,
    characters integer NOT NULL, passage_count integer NOT NULL, content_hash text NOT NULL,
    settings_hash text NOT NULL, origin text, indexed_at text NOT NULL, author text, published_raw text,
    version integer NOT NULL DEFAULT 1, since text, edits text NOT NULL DEFAULT '{}', original text,
    key bigint  -- rag.types.article_key(id): by it indexes know an article
);
CREATE INDEX articles_by_date ON articles (published, id);
CREATE INDEX articles_by_source ON articles USING hash (source_key);  -- however long it is
CREATE INDEX articles_by_key ON articles (key);

CREATE TABLE article_tags (tag text COLLATE "C" NOT NULL, article_id text COLLATE "C" NOT NULL);
CREATE INDEX articles_by_tag ON article_tags USING hash (tag);
CREATE INDEX tags_by_article ON article_tags (article_id);

-- Files that hold several articles: a row is true only as long as nothing happens to its articles.
CREATE TABLE files (
    origin text PRIMARY KEY, id text NOT NULL, content_hash text NOT NULL, settings_hash text NOT NULL
);
CREATE FUNCTION forget_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM files WHERE origin = OLD.origin; END IF;
    IF TG_OP <> 'DELETE' THEN DELETE FROM files WHERE origin = NEW.origin; END IF;
    RETURN NULL;
END $$;
-- The number that indexes know an article by is none of its matters.
CREATE TRIGGER files_changed AFTER INSERT OR DELETE ON articles FOR EACH ROW EXECUTE FUNCTION forget_files();
CREATE TRIGGER files_updated AFTER UPDATE ON articles FOR EACH ROW
    WHEN (OLD.key IS NOT DISTINCT FROM NEW.key) EXECUTE FUNCTION forget_files();
CREATE TABLE copies (origin text PRIMARY KEY, article_id text NOT NULL);

CREATE TABLE passages (
    id text COLLATE "C" PRIMARY KEY, article_id text COLLATE "C" NOT NULL REFERENCES articles (id),
    ordinal integer NOT NULL, start integer NOT NULL, stop integer NOT NULL, text text NOT NULL,
    spans bytea NOT NULL, lemmas text NOT NULL, UNIQUE (article_id, ordinal) DEFERRABLE INITIALLY DEFERRED
);
-- Passages that were replaced a moment ago: a search that has found them still reads them.
CREATE TABLE retired (
    id text COLLATE "C" PRIMARY KEY, article_id text COLLATE "C" NOT NULL, start integer NOT NULL,
    stop integer NOT NULL, text text NOT NULL, spans bytea NOT NULL, lemmas text NOT NULL, title text NOT NULL,
    title_lemmas text NOT NULL, since double precision NOT NULL
);
CREATE INDEX retired_by_article ON retired (article_id);

-- What ranking reads: the numbers of a passage's words among others, see rag/matching/outlines.py.
CREATE TABLE words (number integer PRIMARY KEY, lemma text COLLATE "C" NOT NULL);
CREATE TABLE outlines (passage bigint PRIMARY KEY, article bigint NOT NULL, outline integer[] NOT NULL);

CREATE TABLE versions (
    article_id text COLLATE "C" NOT NULL, version integer NOT NULL, info text NOT NULL, text bytea NOT NULL,
    characters integer NOT NULL, rest text NOT NULL, since text NOT NULL, until text NOT NULL, removed text,
    PRIMARY KEY (article_id, version)
);
CREATE INDEX versions_removed ON versions (removed) WHERE removed IS NOT NULL;
CREATE TABLE pagination (article_id text COLLATE "C" PRIMARY KEY, pages text NOT NULL, remark text NOT NULL);
-- Kept files (RAG_KEEP_ORIGINALS): every server has them at hand.
CREATE TABLE originals (digest text PRIMARY KEY, content bytea NOT NULL, kept timestamptz NOT NULL DEFAULT now());

-- Numbered by whoever writes, one at a time, so they become visible in their order.
CREATE TABLE changes (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, article_id text COLLATE "C" NOT NULL UNIQUE
);

-- One index a set of settings (an encoder, a way to count words), in tables of its own that end in its number;
-- `seq` is the last change that it holds.
CREATE TABLE indexes (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, settings text NOT NULL,
    seq bigint NOT NULL DEFAULT 0, passages bigint NOT NULL DEFAULT 0, words bigint NOT NULL DEFAULT 0,
    UNIQUE (name, settings)
);
