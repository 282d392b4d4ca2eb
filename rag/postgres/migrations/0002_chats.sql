-- Conversations, feedback and answers without a chat; the tables of rag/chats/database.py.

CREATE TABLE chats (id text PRIMARY KEY, owner text NOT NULL, title text NOT NULL, filters text,
    updated text COLLATE "C" NOT NULL);
CREATE INDEX chats_of_owner ON chats (owner, updated);
CREATE TABLE exchanges (
    id text PRIMARY KEY, chat text NOT NULL REFERENCES chats ON DELETE CASCADE, place integer NOT NULL,
    body text NOT NULL, words text NOT NULL, UNIQUE (chat, place));
CREATE TABLE texts (digest text PRIMARY KEY, article bytea NOT NULL, text_digest text NOT NULL DEFAULT '');
CREATE TABLE evidence (
    exchange text NOT NULL REFERENCES exchanges ON DELETE CASCADE, article text NOT NULL,
    digest text NOT NULL REFERENCES texts, PRIMARY KEY (exchange, article));
CREATE INDEX evidence_of_text ON evidence (digest);
CREATE INDEX evidence_of_article ON evidence (article);
CREATE TABLE opinions (
    answer text PRIMARY KEY, good integer NOT NULL, note text NOT NULL, kept integer NOT NULL,
    question text NOT NULL, at text NOT NULL);
CREATE TABLE remembered (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, answer text NOT NULL UNIQUE, body text NOT NULL,
    at text COLLATE "C" NOT NULL DEFAULT '');
