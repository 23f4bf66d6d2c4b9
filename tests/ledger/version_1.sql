BEGIN TRANSACTION;
CREATE TABLE accounts (
	id INTEGER NOT NULL, 
	base_url TEXT NOT NULL, 
	company TEXT NOT NULL, 
	pulled_at FLOAT, 
	token INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (base_url, company)
);
INSERT INTO "accounts" VALUES(1,'https://rotor.test','a-company',NULL,0);
CREATE TABLE baselines (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	customer TEXT NOT NULL, 
	fields JSON NOT NULL, 
	PRIMARY KEY (account, feed, customer), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
CREATE TABLE drops (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	run TEXT NOT NULL, 
	written_at FLOAT, 
	PRIMARY KEY (account, feed, sha256), 
	FOREIGN KEY(account) REFERENCES accounts (id), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE keys (
	hash TEXT NOT NULL, 
	account INTEGER, 
	scopes JSON NOT NULL, 
	blocked_until FLOAT, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "keys" VALUES('a-hash',1,'["customers:read"]',NULL);
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('version','1');
INSERT INTO "meta" VALUES('salt','5597e0f3e33a43ef7bb9f3a2185bae49');
CREATE TABLE mirror (
	account INTEGER NOT NULL, 
	customer TEXT NOT NULL, 
	fields JSON NOT NULL, 
	PRIMARY KEY (account, customer), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
CREATE TABLE named (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	natural_key TEXT NOT NULL, 
	occurrence INTEGER NOT NULL, 
	customer TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	email TEXT NOT NULL, 
	PRIMARY KEY (account, feed, natural_key, occurrence, customer), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
CREATE TABLE outbox (
	account INTEGER NOT NULL, 
	customer TEXT NOT NULL, 
	feed TEXT NOT NULL, 
	run TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	fields JSON NOT NULL, 
	keys JSON NOT NULL, 
	before_keys JSON NOT NULL, 
	rows JSON NOT NULL, 
	succeeds TEXT NOT NULL, 
	lookalikes JSON, 
	PRIMARY KEY (account, customer), 
	FOREIGN KEY(account) REFERENCES accounts (id), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
INSERT INTO "outbox" VALUES(1,'new:r1:1','nightly','r1',1,'create','pending','[["first_name","","Ada","Ada"]]','{"phone":"","email":""}','{"phone":"","email":""}','[[[0,2],["k:7",0],["Ada"]]]','','[]');
CREATE TABLE outcomes (
	run TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	customer TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	id TEXT NOT NULL, 
	message TEXT NOT NULL, 
	problems JSON NOT NULL, 
	rows JSON NOT NULL, 
	PRIMARY KEY (run, number), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE rejects (
	run TEXT NOT NULL, 
	file INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (run, file, "row", field), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE requests (
	id INTEGER NOT NULL, 
	key_hash TEXT NOT NULL, 
	account INTEGER, 
	run TEXT NOT NULL, 
	change TEXT NOT NULL, 
	method TEXT NOT NULL, 
	path TEXT NOT NULL, 
	started_at FLOAT NOT NULL, 
	expires_at FLOAT NOT NULL, 
	finished_at FLOAT, 
	result TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "requests" VALUES(1,'a-hash',NULL,'r1','new:r1:1','POST','/customers',1800000000.0,1800000030.0,NULL,'');
CREATE TABLE row_links (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	natural_key TEXT NOT NULL, 
	occurrence INTEGER NOT NULL, 
	customer TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	cell_id TEXT NOT NULL, 
	cell_phone TEXT NOT NULL, 
	cell_email TEXT NOT NULL, 
	seen BIGINT DEFAULT '0' NOT NULL, 
	fate TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	field TEXT NOT NULL, 
	matching TEXT NOT NULL, 
	refused_group TEXT NOT NULL, 
	gone TEXT DEFAULT '' NOT NULL, 
	decision TEXT DEFAULT '' NOT NULL, 
	unmoved JSON DEFAULT '[]' NOT NULL, 
	prior JSON, 
	PRIMARY KEY (account, feed, natural_key, occurrence), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
CREATE TABLE runs (
	id TEXT NOT NULL, 
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	matching TEXT NOT NULL, 
	region TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started_at FLOAT NOT NULL, 
	finished_at FLOAT, 
	summary JSON NOT NULL, 
	files JSON NOT NULL, 
	report TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "runs" VALUES('r1',1,'nightly','run','print','hold,0,0','US','paused',1800000000.0,NULL,'{}','[]','');
CREATE TABLE snapshots (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	part INTEGER NOT NULL, 
	first TEXT NOT NULL, 
	lines INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (account, feed, kind, part), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
CREATE TABLE visits (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	looked_at FLOAT NOT NULL, 
	ended_at FLOAT, 
	state TEXT NOT NULL, 
	message TEXT NOT NULL, 
	PRIMARY KEY (account, feed), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
CREATE INDEX requests_by_end ON requests (key_hash, coalesce(finished_at, expires_at));
CREATE INDEX requests_by_change ON requests (change);
CREATE INDEX requests_by_key ON requests (key_hash, started_at);
CREATE INDEX ix_row_links_customer ON row_links (customer);
CREATE INDEX ix_named_customer ON named (customer);
CREATE INDEX outbox_by_succeeded ON outbox (account, succeeds);
CREATE INDEX ix_outbox_run ON outbox (run);
COMMIT;
