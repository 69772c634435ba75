-- A museum: works by artists, rooms, exhibitions in a bridge, loans to and from other museums, visitors' tickets.
CREATE TABLE creator (creator_id INTEGER PRIMARY KEY, creator_name TEXT, birth_year INTEGER, death_year INTEGER, nationality TEXT);
CREATE TABLE hall (hall_id INTEGER PRIMARY KEY, hall_name TEXT, floor INTEGER, climate_controlled INTEGER);
CREATE TABLE work (work_id INTEGER PRIMARY KEY, title TEXT, creator_id INTEGER REFERENCES creator(creator_id), year_made INTEGER, technique TEXT, insured_value NUMERIC, hall_id INTEGER REFERENCES hall(hall_id), acquired_on TEXT, on_display INTEGER);
CREATE TABLE exhibition (exhibition_id INTEGER PRIMARY KEY, exhibition_title TEXT, opens TEXT, closes TEXT, curator TEXT);
CREATE TABLE exhibition_work (exhibition_id INTEGER REFERENCES exhibition(exhibition_id), work_id INTEGER REFERENCES work(work_id), PRIMARY KEY (exhibition_id, work_id));
CREATE TABLE loan (loan_id INTEGER PRIMARY KEY, work_id INTEGER REFERENCES work(work_id), borrower TEXT, loaned_on TEXT, due_back TEXT, returned_on TEXT);
CREATE TABLE ticket (ticket_id INTEGER PRIMARY KEY, sold_at TEXT, category TEXT, price NUMERIC, exhibition_id INTEGER REFERENCES exhibition(exhibition_id));
INSERT INTO creator VALUES (1,'Hilda Storm',1880,1951,'Norwegian'),(2,'Paul Mercier',1921,1999,'French'),(3,'Aiko Tanabe',1960,NULL,'Japanese'),(4,'Unknown master',NULL,NULL,NULL);
INSERT INTO hall VALUES (1,'North Hall',0,1),(2,'Cabinet',1,1),(3,'Garden Room',0,0);
INSERT INTO work VALUES (1,'Winter Fjord',1,1910,'oil on canvas',450000,1,'1955-05-01',1),(2,'Red Barn',1,1922,'oil on canvas',380000,NULL,'1960-09-12',0),(3,'Composition 7',2,1958,'bronze',220000,3,'1988-03-03',1),(4,'Paper Cranes',3,2004,'paper',60000,2,'2005-11-20',1),(5,'Altar piece',4,1490,'tempera',900000,2,'1931-01-01',1),(6,'Untitled',3,2015,'video',NULL,NULL,'2016-06-06',0);
INSERT INTO exhibition VALUES (1,'Northern Light','2023-10-01','2024-02-28','E. Sand'),(2,'Modern Forms','2024-03-15','2024-09-01','M. Roux'),(3,'Treasures','2024-11-01','2025-03-01','E. Sand');
INSERT INTO exhibition_work VALUES (1,1),(1,2),(2,3),(2,4),(3,5),(3,1);
INSERT INTO loan VALUES (1,2,'Kunsthalle Bremen','2024-01-10','2024-06-30','2024-06-25'),(2,6,'Tate','2024-02-01','2024-12-31',NULL),(3,1,'Louvre','2022-03-01','2022-09-01','2022-10-15');
INSERT INTO ticket VALUES (1,'2023-10-05 11:00','adult',14,1),(2,'2023-10-05 11:05','child',0,1),(3,'2024-01-20 15:30','adult',14,1),(4,'2024-03-20 10:00','senior',9,2),(5,'2024-04-02 12:12','adult',14,2),(6,'2024-04-02 12:13','adult',14,2),(7,'2024-11-03 16:00','child',0,3);
