-- A newspaper: journalists and their managers, sections with editors, articles with tags, readers with subscriptions and comments.
CREATE TABLE journalists (journalist_id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL, email TEXT, city TEXT, birth_date TEXT, hired_on TEXT, is_freelance INTEGER NOT NULL DEFAULT 0, salary NUMERIC, manager_id INTEGER REFERENCES journalists(journalist_id));
CREATE TABLE sections (section_id INTEGER PRIMARY KEY, section_name TEXT NOT NULL, editor_id INTEGER REFERENCES journalists(journalist_id), launched_on TEXT);
CREATE TABLE articles (article_id INTEGER PRIMARY KEY, title TEXT NOT NULL, section_id INTEGER NOT NULL REFERENCES sections(section_id), journalist_id INTEGER NOT NULL REFERENCES journalists(journalist_id), status TEXT NOT NULL, published_on TEXT, word_count INTEGER, views INTEGER, is_premium INTEGER NOT NULL DEFAULT 0);
CREATE TABLE tags (tag_id INTEGER PRIMARY KEY, tag_name TEXT NOT NULL);
CREATE TABLE article_tags (article_id INTEGER NOT NULL REFERENCES articles(article_id), tag_id INTEGER NOT NULL REFERENCES tags(tag_id), PRIMARY KEY (article_id, tag_id));
CREATE TABLE readers (reader_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, email TEXT, city TEXT, country TEXT, signed_up_on TEXT, gets_newsletter INTEGER NOT NULL DEFAULT 0);
CREATE TABLE subscriptions (subscription_id INTEGER PRIMARY KEY, reader_id INTEGER NOT NULL REFERENCES readers(reader_id), plan TEXT NOT NULL, monthly_price NUMERIC, started_on TEXT, ended_on TEXT, payment_method TEXT);
CREATE TABLE comments (comment_id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(article_id), reader_id INTEGER NOT NULL REFERENCES readers(reader_id), posted_on TEXT, body TEXT, likes INTEGER NOT NULL DEFAULT 0, is_hidden INTEGER NOT NULL DEFAULT 0);
INSERT INTO journalists VALUES
(1,'Marta','Lindqvist','marta.lindqvist@gazette.example','London','1966-04-12','2001-09-01',0,98000,NULL),
(2,'Owen','Pritchard','owen.pritchard@gazette.example','London','1974-11-03','2006-02-15',0,67000,1),
(3,'Helena','Brandt','h.brandt@gazette.example','Manchester','1979-07-22','2008-10-01',0,64500,1),
(4,'Samir','Haddad','samir.haddad@gazette.example','Manchester','1985-01-30','2013-05-06',0,52000,2),
(5,'Fiona','MacLeod','fiona.macleod@gazette.example','Glasgow','1988-09-14','2015-08-17',0,49000,2),
(6,'Diego','Ferreira','diego@ferreira.example','Lisbon','1990-03-08','2018-01-10',1,NULL,3),
(7,'Ingrid','Solberg','ingrid.solberg@gazette.example','London','1982-12-19','2011-03-21',0,58000,1),
(8,'Kofi','Mensah','kofi.mensah@gazette.example','Birmingham','1993-06-25','2020-11-02',0,41500,7),
(9,'Rachel','Stern','rachel@stern.example','London','1977-02-17','2016-06-01',1,NULL,3),
(10,'Liam','Donnelly','liam.donnelly@gazette.example','Manchester','1996-08-05','2022-09-12',0,36000,7),
(11,'Yuki','Tanabe','yuki@tanabe.example','Edinburgh','1991-10-28','2021-04-19',1,NULL,2),
(12,'Petra','Novotny','petra.novotny@gazette.example','Glasgow','1998-05-11','2023-07-03',0,34000,3);
INSERT INTO sections VALUES
(1,'Politics',2,'1998-01-05'),(2,'Sports',7,'1998-01-05'),(3,'Culture',3,'2002-06-10'),(4,'Business',2,'1999-09-20'),(5,'Science',3,'2010-03-15'),(6,'Travel',7,'2016-05-02'),(7,'Opinion',1,'2005-11-28'),(8,'Podcast Corner',NULL,'2024-09-01');
INSERT INTO articles VALUES
(1,'Budget Talks Collapse at Midnight',1,2,'published','2022-03-18',1240,48210,0),
(2,'The Quiet Return of the Night Train',6,6,'published','2022-06-04',2310,75430,1),
(3,'City Stun Rivals in Cup Final',2,8,'published','2022-05-22',890,61200,0),
(4,'Who Pays for the Flood Defences?',1,4,'published','2022-11-30',1785,22840,1),
(5,'A Gallery Without Walls',3,5,'published','2023-01-14',1420,9310,0),
(6,'Rate Rise Shakes Mortgage Market',4,2,'published','2023-02-03',1105,53900,0),
(7,'Glaciers on Borrowed Time',5,5,'published','2023-04-21',2640,38750,1),
(8,'Inside the Marathon Boom',2,8,'published','2023-04-29',1530,17660,1),
(9,'Ten Islands You Can Reach by Ferry',6,6,'published','2023-06-17',1960,88120,0),
(10,'Theatre Bets on Cheap Tickets',3,3,'published','2023-09-08',1010,6420,0),
(11,'Election Night: What to Watch',1,4,'published','2023-10-12',1350,67540,0),
(12,'Battery Plant Wins Approval',4,10,'published','2023-11-27',760,14870,0),
(13,'Why I Stopped Flying',7,9,'published','2024-01-20',980,41380,0),
(14,'The Last Bookbinder of Leith',3,5,'published','2024-02-11',2180,12050,1),
(15,'New Telescope Sees First Light',5,11,'published','2024-03-05',1490,29400,0),
(16,'Relegation Battle Goes to the Wire',2,8,'published','2024-05-12',920,35610,0),
(17,'Small Shops, Big Rents',4,10,'published','2024-06-28',1645,11230,1),
(18,'Heat Pumps: The Honest Numbers',5,4,'published','2024-07-19',2075,44980,1),
(19,'Orchestra Finds a New Home',3,3,'published','2024-10-02',870,5180,0),
(20,'Coalition Deal in Sight',1,2,'published','2024-11-15',1190,39020,0),
(21,'Slow Trains Through Portugal',6,6,'in review',NULL,2420,NULL,1),
(22,'The Transfer Window Explained',2,8,'draft',NULL,640,NULL,0),
(23,'Pensions After the Reform',4,10,'draft',NULL,1120,NULL,0),
(24,'What the Tides Can Power',5,11,'draft',NULL,1380,NULL,1),
(25,'Mayor Under Pressure',1,4,'rejected',NULL,990,NULL,0),
(26,'The Voices Behind the Microphone',8,11,'published','2024-12-05',705,3960,0);
INSERT INTO tags VALUES (1,'climate'),(2,'elections'),(3,'football'),(4,'rail'),(5,'housing'),(6,'art'),(7,'energy'),(8,'money'),(9,'running'),(10,'space'),(11,'royals'),(12,'cycling');
INSERT INTO article_tags VALUES (1,8),(2,4),(2,1),(3,3),(4,1),(4,8),(5,6),(6,8),(6,5),(7,1),(8,9),(11,2),(12,7),(13,1),(14,6),(15,10),(16,3),(17,5),(17,8),(18,7),(18,1),(19,6),(20,2),(21,4),(22,3),(23,8),(24,7),(24,1);
INSERT INTO readers VALUES
(1,'Tom Fielding','tom.fielding@mail.example','Leeds','United Kingdom','2019-02-11',1),
(2,'Aoife Byrne','aoife.byrne@mail.example','Cork','Ireland','2019-08-30',1),
(3,'Jonas Weber','j.weber@mail.example','Hanover','Germany','2020-01-19',0),
(4,'Priya Raman','priya.raman@mail.example','London','United Kingdom','2020-06-07',1),
(5,'Catarina Lopes','catarina@lopes.example','Porto','Portugal','2021-03-25',0),
(6,'Malcolm Reeve',NULL,'Glasgow','United Kingdom','2021-09-14',0),
(7,'Sean Gallagher','sean.g@mail.example','Dublin','Ireland','2022-04-02',0),
(8,'Elsa Nyberg','elsa.nyberg@mail.example','Uppsala','Sweden','2022-12-21',1),
(9,'Nadia Petrov','nadia.petrov@mail.example','London','United Kingdom','2023-02-09',1),
(10,'Hugo Marchand',NULL,'Nantes','France','2023-05-18',0),
(11,'Grace Oduya','grace.oduya@mail.example','Bristol','United Kingdom','2023-11-06',1),
(12,'Ben Whitlock','ben.whitlock@mail.example','Leeds','United Kingdom','2024-01-28',0),
(13,'Lotte Vermeer','lotte@vermeer.example','Ghent','Belgium','2024-08-15',1),
(14,'Ravi Menon','ravi.menon@mail.example','London','United Kingdom','2024-10-03',0);
INSERT INTO subscriptions VALUES
(1,1,'Basic',5.90,'2019-02-11','2021-02-10','card'),
(2,1,'Premium',12.50,'2021-02-11',NULL,'card'),
(3,2,'Premium',12.50,'2019-09-01',NULL,'direct debit'),
(4,3,'Basic',5.90,'2020-02-01','2023-01-31','paypal'),
(5,4,'Family',18.00,'2020-06-07',NULL,'direct debit'),
(6,5,'Basic',6.50,'2021-04-01',NULL,'paypal'),
(7,6,'Premium',12.50,'2021-09-14','2022-09-13','card'),
(8,8,'Premium',13.90,'2023-01-01',NULL,'card'),
(9,9,'Student',3.90,'2023-02-09',NULL,'paypal'),
(10,11,'Basic',6.90,'2023-11-06','2024-05-05','card'),
(11,11,'Premium',13.90,'2024-05-06',NULL,'card'),
(12,12,'Student',3.90,'2024-02-01',NULL,'card'),
(13,13,'Family',19.50,'2024-08-15',NULL,'direct debit');
INSERT INTO comments VALUES
(1,1,1,'2022-03-18','They had months to prepare for this.',14,0),
(2,1,4,'2022-03-19','Nobody at that table wanted a deal.',9,0),
(3,2,5,'2022-06-05','Took it last spring, wonderful.',31,0),
(4,2,2,'2022-06-05','Please bring back the Dublin sleeper idea.',22,0),
(5,2,8,'2023-01-04','We never lost ours in Sweden.',17,0),
(6,2,3,'2022-06-08','Too expensive for families.',12,0),
(7,3,1,'2022-05-22','What a game!',45,0),
(8,3,6,'2022-05-23','The referee was blind.',3,1),
(9,4,4,'2022-12-01','The insurers should.',8,0),
(10,6,1,'2023-02-03','My rate doubled.',26,0),
(11,7,8,'2023-04-22','I have seen it with my own eyes.',38,0),
(12,7,9,'2023-04-23','Great photographs.',11,0),
(13,9,2,'2023-06-18','You forgot Arranmore.',19,0),
(14,9,5,'2023-06-19','And the Azores!',7,0),
(15,9,10,'2023-06-21','Buy cheap tickets at my site',0,1),
(16,11,4,'2023-10-12','Useful, thank you.',5,0),
(17,13,8,'2024-01-20','Same here, since 2019.',52,0),
(18,13,6,'2024-01-21','Easy to say if you live in London.',29,1),
(19,13,12,'2024-02-02','What about ferries?',4,0),
(20,16,12,'2024-05-12','Down we go.',16,0),
(21,18,9,'2024-07-20','Finally some figures.',33,0),
(22,18,11,'2024-07-22','Ours paid off in six years.',21,0),
(23,20,1,'2024-11-16','I will believe it when I see it.',10,0);
