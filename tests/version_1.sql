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
INSERT INTO "accounts" VALUES(1,'http://127.0.0.1/open-api','e11bbb49-4019-40c9-9f81-86208ef246a9',1800172800.0,0);
INSERT INTO "accounts" VALUES(2,'https://rotor.test','a-company',NULL,0);
CREATE TABLE baselines (
	account INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	customer TEXT NOT NULL, 
	fields JSON NOT NULL, 
	PRIMARY KEY (account, feed, customer), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "baselines" VALUES(1,'nightly','a270e462-7981-45a5-b021-609909ae3822','{"phone":["+17635550100","+17635550100"],"first_name":["Ann","Ann"]}');
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
INSERT INTO "drops" VALUES(1,'nightly','ec7c90811ccccc0c575604587ae5d7ba904b44f220526f0d72fa4fdffc50cdd9','2026-11-01.csv','taken','20270116T080000-f033cf',1.79587798981081390387e+09);
INSERT INTO "drops" VALUES(1,'nightly','ca5d0ca2609d219bbb76f79e6a7c5a4a2ff4d2904731a7ad21a65414cdc79b90','2026-11-02.csv','taken','20270117T080000-b3abc4',1.79587799201550817485e+09);
CREATE TABLE keys (
	hash TEXT NOT NULL, 
	account INTEGER, 
	scopes JSON NOT NULL, 
	blocked_until FLOAT, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "keys" VALUES('da9a6a4dc99ec01a89ca9369b4c31031ef35e73b39d7b20fac7c023bc78bfe65',1,'["customers:read","customers:write"]',NULL);
INSERT INTO "keys" VALUES('a-hash',2,'["customers:read"]',NULL);
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('version','1');
INSERT INTO "meta" VALUES('salt','3bf4064bbe17b20003f241c55ce3973c');
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
INSERT INTO "outbox" VALUES(1,'a270e462-7981-45a5-b021-609909ae3822','nightly','20270117T080000-b3abc4',1,'update','pending','[["first_name","Ann","Old","Old"]]','{"phone":"+17635550100","email":""}','{"phone":"+17635550100","email":""}','[[[0,2],["k:1",0],["1",null,"763-555-0100",null,"Old",null,null,null]]]','','[]');
INSERT INTO "outbox" VALUES(2,'new:r1:1','nightly','r1',1,'create','pending','[["first_name","","Ada","Ada"]]','{"phone":"","email":""}','{"phone":"","email":""}','[[[0,2],["k:7",0],["Ada"]]]','','[]');
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
INSERT INTO "outcomes" VALUES('20270116T080000-f033cf',1,'new:20270116T080000-f033cf:1','create','created','a270e462-7981-45a5-b021-609909ae3822','','[]','[]');
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
INSERT INTO "requests" VALUES(1,'da9a6a4dc99ec01a89ca9369b4c31031ef35e73b39d7b20fac7c023bc78bfe65',NULL,'20270116T080000-ef75dd','','GET','/auth/test',1800086400.0,1800086730.0,1800086400.0,'200');
INSERT INTO "requests" VALUES(2,'da9a6a4dc99ec01a89ca9369b4c31031ef35e73b39d7b20fac7c023bc78bfe65',NULL,'20270116T080000-f033cf','','GET','/customers',1800086400.0,1800086730.0,1800086400.0,'200');
INSERT INTO "requests" VALUES(3,'da9a6a4dc99ec01a89ca9369b4c31031ef35e73b39d7b20fac7c023bc78bfe65',NULL,'20270116T080000-f033cf','new:20270116T080000-f033cf:1','POST','/customers',1800086400.0,1800086730.0,1800086400.0,'201');
INSERT INTO "requests" VALUES(4,'da9a6a4dc99ec01a89ca9369b4c31031ef35e73b39d7b20fac7c023bc78bfe65',NULL,'20270117T080000-b3abc4','','GET','/customers',1800172800.0,1800173130.0,1800172800.0,'200');
INSERT INTO "requests" VALUES(5,'a-hash',NULL,'r1','new:r1:1','POST','/customers',1800000000.0,1800000030.0,NULL,'');
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
INSERT INTO "row_links" VALUES(1,'nightly','k:1',0,'a270e462-7981-45a5-b021-609909ae3822','00d173e3e16d7ffd5640b25d8e995903','','+17635550100','',3,'kept','','','','','','','[]','{"natural_key":"k:1","occurrence":0,"customer":"a270e462-7981-45a5-b021-609909ae3822","digest":"c445340e7d50fd24777e43087157f445","id":"","phone":"+17635550100","email":"","seen":3,"fate":"kept","reason":"","field":"","matching":"","group":"","gone":"","decision":"","unmoved":[]}');
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
INSERT INTO "runs" VALUES('20270116T080000-f033cf',1,'nightly','sync','ed69dc528265e8b6a76b1223009064d20d6d2f4a6868651c61a81ab6241e8c90','hold,merge,0,0','US','complete',1800086400.0,1800086400.0,'{"run":"20270116T080000-f033cf","mode":"sync","state":"complete","files":[{"path":"/srv/drop/2026-11-01.csv","sha256":"ec7c90811ccccc0c575604587ae5d7ba904b44f220526f0d72fa4fdffc50cdd9","rows":1}],"rows":{"read":1,"left_out":0,"rejected":0,"merged":0,"held":0,"kept":1},"changes":{"create":1,"update":0,"unchanged":0,"undecided":0},"review":{"conflict":0,"stranger":0,"household":0,"gone":0,"duplicate":0,"field":0},"sent":{"created":0,"updated":0,"failed":0,"unknown":0,"pending":0},"requests":{"used":1,"get":1,"post":0,"remaining":99998,"limit":100000},"directory":{"source":"api","complete":true,"customers":0},"forecast":{"requests":1,"days":1,"finish":"2027-01-16"},"report":"/srv/reports/20270116T080000-f033cf","reject_reasons":{},"warnings":0,"kept_otherwise":0,"skipped":0,"suspicious":0,"held_fields":0,"notes":[],"not_imported":[],"missing":{"customers":0,"new":0,"inactive":0},"facts":{"mapping":"3ccab39871575ca7b954212e73a95c1c6db533810b1c44234c6cdb8b121d9923","filled":{"key":1,"id":0,"phone":1,"email":0,"first_name":1,"last_name":0,"company_name":0,"tags":0},"valid":{"phone":[1,0],"email":[0,0]},"shared":{"phone":[],"email":[]}}}','[{"path":"/srv/drop/2026-11-01.csv","sha256":"ec7c90811ccccc0c575604587ae5d7ba904b44f220526f0d72fa4fdffc50cdd9","rows":1,"columns":["key","id","phone","email","first_name","last_name","company_name","tags"],"filled":[1,0,1,0,1,0,0,0]}]','/srv/reports/20270116T080000-f033cf');
INSERT INTO "runs" VALUES('20270117T080000-b3abc4',1,'nightly','sync','842d3a00a2f2817c73075189eb70b497e33a44049febba9e8b9281ecd756950b','hold,merge,0,0','US','paused',1800172800.0,1800172800.0,'{"run":"20270117T080000-b3abc4","mode":"sync","state":"complete","files":[{"path":"/srv/drop/2026-11-02.csv","sha256":"ca5d0ca2609d219bbb76f79e6a7c5a4a2ff4d2904731a7ad21a65414cdc79b90","rows":1}],"rows":{"read":1,"left_out":0,"rejected":0,"merged":0,"held":0,"kept":1},"changes":{"create":0,"update":1,"unchanged":0,"undecided":0},"review":{"conflict":0,"stranger":0,"household":0,"gone":0,"duplicate":0,"field":0},"sent":{"created":0,"updated":0,"failed":0,"unknown":0,"pending":0},"requests":{"used":1,"get":1,"post":0,"remaining":99999,"limit":100000},"directory":{"source":"api","complete":true,"customers":1},"forecast":{"requests":1,"days":1,"finish":"2027-01-17"},"report":"/srv/reports/20270117T080000-b3abc4","reject_reasons":{},"warnings":0,"kept_otherwise":0,"skipped":0,"suspicious":1,"held_fields":0,"notes":[],"not_imported":[],"missing":{"customers":0,"new":0,"inactive":0},"facts":{"mapping":"3ccab39871575ca7b954212e73a95c1c6db533810b1c44234c6cdb8b121d9923","filled":{"key":1,"id":0,"phone":1,"email":0,"first_name":1,"last_name":0,"company_name":0,"tags":0},"valid":{"phone":[1,0],"email":[0,0]},"shared":{"phone":[],"email":[]}}}','[{"path":"/srv/drop/2026-11-02.csv","sha256":"ca5d0ca2609d219bbb76f79e6a7c5a4a2ff4d2904731a7ad21a65414cdc79b90","rows":1,"columns":["key","id","phone","email","first_name","last_name","company_name","tags"],"filled":[1,0,1,0,1,0,0,0]}]','/srv/reports/20270117T080000-b3abc4');
INSERT INTO "runs" VALUES('r1',2,'nightly','run','print','hold,0,0','US','paused',1800000000.0,NULL,'{}','[]','');
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
INSERT INTO "snapshots" VALUES(1,'','mirror',1,'a270e462-7981-45a5-b021-609909ae3822',1,X'613D4214504152311504155015624C15021500000028B52FFD20284101002400000061323730653436322D373938312D343561352D623032312D3630393930396165333832321500151015222C1502151015061506000028B52FFD20084100000200000002010003150C1935000610191808637573746F6D6572150C1602169C0116C0012684012608001504150E15204C15021500000028B52FFD200739000003000000416E6E1500151015222C1502151015061506000028B52FFD20084100000200000002010003150C193500061019180A66697273745F6E616D65150C1602165A167E26C602268C02001504152015324C15021500000028B52FFD20108100000C0000002B31373633353535303130301500151015222C1502151015061506000028B52FFD20084100000200000002010003150C193500061019180570686F6E65150C1602166C169001269C0426D003001504151415264C15021500000028B52FFD200A510000060000006163746976651500151015222C1502151015061506000028B52FFD20084100000200000002010003150C1935000610191806737461747573150C1602166016840126DE05269E0500191C168401154416000000191C16C602154416000000191C169C04154416000000191C16DE051544160000001502195C4804726F6F74150800150C25021808637573746F6D657225004C1C000000150C2502180A66697273745F6E616D6525004C1C000000150C2502180570686F6E6525004C1C000000150C2502180673746174757325004C1C0000001602191C194C26C4021C150C1935000610191808637573746F6D6572150C1602169C0116C00126840126080016E20615160026C4031C150C193500061019180A66697273745F6E616D65150C1602165A167E26C602268C020016F80615160026AC051C150C193500061019180570686F6E65150C1602166C169001269C0426D00300168E0715160026E2061C150C1935000610191806737461747573150C1602166016840126DE05269E050016A40715160016C2031602260816D204140000191C180C4152524F573A736368656D6118D8022F2F2F2F2F2F6B41414141454141414138762F2F2F78514141414145414145414141414B414173414341414B414151412B502F2F2F777741414141494141674141414145414151414141434D414141415841414141444141414141454141414163502F2F2F78674141414151414141414341414141414555414141414141414163502F2F2F7759414141427A6447463064584D41414A6A2F2F2F3859414141414541414141416741414141424641414141414141414A6A2F2F2F38464141414163476876626D5541414144412F2F2F2F474141414142414141414149414141414152514141414141414144412F2F2F2F4367414141475A70636E4E305832356862575541414F7A2F2F2F38734141414149414141414267414141414246414141454141534141514145414152414167414141414D41414141414144382F2F2F2F42414145414167414141426A64584E306232316C6367413D00184E506F6C6172732028707974686F6E292076657273696F6E20322E312E3020286275696C64203766393032626433666664323766663832643134323738613039613239356666326637616564393229194C1C00001C00001C00001C000000E802000050415231');
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
INSERT INTO "visits" VALUES(1,'nightly',1800172800.0,1800172800.0,'paused','The 1 requests of --max-requests are used.');
CREATE INDEX requests_by_change ON requests (change);
CREATE INDEX requests_by_end ON requests (key_hash, coalesce(finished_at, expires_at));
CREATE INDEX requests_by_key ON requests (key_hash, started_at);
CREATE INDEX ix_row_links_customer ON row_links (customer);
CREATE INDEX ix_named_customer ON named (customer);
CREATE INDEX outbox_by_succeeded ON outbox (account, succeeds);
CREATE INDEX ix_outbox_run ON outbox (run);
COMMIT;
