-- What chats are listed under; empty: nothing.

ALTER TABLE chats ADD COLUMN folder text NOT NULL DEFAULT '';
