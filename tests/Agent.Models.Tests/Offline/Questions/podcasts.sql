-- A podcast platform: shows with several hosts, episodes, listeners, plays, subscriptions with plans, adverts in episodes.
CREATE TABLE Show (ShowId INTEGER PRIMARY KEY, ShowTitle TEXT, Category TEXT, Language TEXT, StartedOn TEXT, EndedOn TEXT, Explicit INTEGER);
CREATE TABLE Host (HostId INTEGER PRIMARY KEY, HostName TEXT, Country TEXT, Bio TEXT);
CREATE TABLE ShowHost (ShowId INTEGER REFERENCES Show(ShowId), HostId INTEGER REFERENCES Host(HostId), PRIMARY KEY (ShowId, HostId));
CREATE TABLE Episode (EpisodeId INTEGER PRIMARY KEY, ShowId INTEGER REFERENCES Show(ShowId), EpisodeTitle TEXT, EpisodeNo INTEGER, PublishedAt TEXT, DurationSec INTEGER, Downloads INTEGER, Transcript TEXT);
CREATE TABLE Listener (ListenerId INTEGER PRIMARY KEY, Username TEXT, Country TEXT, SignedUp TEXT, PlanCode TEXT REFERENCES Plan(PlanCode), ReferredBy INTEGER REFERENCES Listener(ListenerId));
CREATE TABLE Plan (PlanCode TEXT PRIMARY KEY, PlanName TEXT, MonthlyFee NUMERIC);
CREATE TABLE Play (PlayId INTEGER PRIMARY KEY, ListenerId INTEGER REFERENCES Listener(ListenerId), EpisodeId INTEGER REFERENCES Episode(EpisodeId), PlayedAt TEXT, Completed INTEGER, Device TEXT);
CREATE TABLE Rating (ListenerId INTEGER REFERENCES Listener(ListenerId), ShowId INTEGER REFERENCES Show(ShowId), Stars INTEGER, PRIMARY KEY (ListenerId, ShowId));
INSERT INTO Plan VALUES ('F','Free',0),('S','Standard',6.9),('P','Premium',12.9);
INSERT INTO Show VALUES (1,'Deep Water','science','English','2019-05-01',NULL,0),(2,'Kaffeepause','comedy','German','2021-01-15',NULL,1),(3,'Old Crimes','true crime','English','2018-03-10','2022-12-20',1),(4,'Le Marché','economy','French','2022-09-01',NULL,0);
INSERT INTO Host VALUES (1,'Maya Lind','Sweden','Oceanographer'),(2,'Jonas Bauer','Germany',NULL),(3,'Ida Brock','Germany','Comedian'),(4,'Paul Renard','France','Journalist'),(5,'Tess Gray','UK',NULL);
INSERT INTO ShowHost VALUES (1,1),(2,2),(2,3),(3,5),(4,4);
INSERT INTO Episode VALUES (1,1,'The Trench',1,'2019-05-08 06:00',2400,15000,'...'),(2,1,'Krill',2,'2019-05-15 06:00',1980,12200,NULL),(3,2,'Montag',1,'2021-01-20 07:00',1500,3100,NULL),(4,2,'Ferien',2,'2023-07-01 07:00',3120,4800,'...'),(5,3,'The Lighthouse',1,'2018-03-12 05:00',4200,51000,'...'),(6,3,'Cold Tea',2,'2022-12-20 05:00',3900,42000,NULL),(7,4,'Le pain',1,'2022-09-02 08:00',1200,900,NULL);
INSERT INTO Listener VALUES (1,'anna77','Germany','2020-02-02','P',NULL),(2,'bookworm','UK','2021-06-30','F',1),(3,'carlo','Italy','2022-01-05','S',1),(4,'dotty','Germany','2023-03-03','F',2),(5,'ed','France','2023-11-11','S',NULL);
INSERT INTO Play VALUES (1,1,1,'2023-01-02 08:00',1,'phone'),(2,1,5,'2023-01-03 09:00',1,'phone'),(3,2,5,'2023-02-01 22:00',0,'speaker'),(4,3,2,'2023-02-14 10:00',1,'web'),(5,1,4,'2023-07-05 18:00',0,'car'),(6,3,6,'2024-01-01 12:00',1,'phone'),(7,2,6,'2024-02-02 21:00',1,'speaker');
INSERT INTO Rating VALUES (1,1,5),(1,3,4),(2,3,5),(3,1,3),(3,2,2);
