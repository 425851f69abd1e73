-- Since when a seal is in its status; NULL if nobody noted it.
ALTER TABLE seals ADD COLUMN status_since INTEGER;
