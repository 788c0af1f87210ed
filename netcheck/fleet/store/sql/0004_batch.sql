-- Reports that came in one request share a number that is drawn anew for each, 0 for one that came
-- alone: what is sent together may weigh only so much. It tells nothing of who sent it.
ALTER TABLE reports ADD COLUMN batch UInt32 DEFAULT 0 AFTER token;
