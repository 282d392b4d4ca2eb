-- Chats that stay on top of the list.

ALTER TABLE chats ADD COLUMN pinned integer NOT NULL DEFAULT 0;
