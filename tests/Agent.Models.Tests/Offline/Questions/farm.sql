-- A farm cooperative: farms, fields, crops, harvests with tonnes, machines, farmers, sales to buyers.
CREATE TABLE farmer (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, village TEXT, joined_year INTEGER);
CREATE TABLE farm (id INTEGER PRIMARY KEY, name TEXT, farmer_id INTEGER REFERENCES farmer(id), is_organic INTEGER, hectares REAL);
CREATE TABLE crop (id INTEGER PRIMARY KEY, name TEXT, family TEXT);
CREATE TABLE field (id INTEGER PRIMARY KEY, farm_id INTEGER REFERENCES farm(id), label TEXT, hectares REAL, soil TEXT);
CREATE TABLE harvest (id INTEGER PRIMARY KEY, field_id INTEGER REFERENCES field(id), crop_id INTEGER REFERENCES crop(id), harvested_on TEXT, tonnes REAL);
CREATE TABLE machine (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, bought_on TEXT, price REAL, farm_id INTEGER REFERENCES farm(id));
CREATE TABLE buyer (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE sale (id INTEGER PRIMARY KEY, buyer_id INTEGER REFERENCES buyer(id), crop_id INTEGER REFERENCES crop(id), sold_on TEXT, tonnes REAL, price_per_tonne REAL);
INSERT INTO farmer VALUES (1,'Anton','Gruber','Weil',2001),(2,'Berta','Hofer','Weil',2010),(3,'Clara','Ilg','Stein',2018);
INSERT INTO farm VALUES (1,'Sonnhof',1,1,82),(2,'Talgut',1,0,140),(3,'Bergwies',2,1,35.5),(4,'Auenland',NULL,0,60);
INSERT INTO crop VALUES (1,'Wheat','cereal'),(2,'Barley','cereal'),(3,'Potato','root'),(4,'Pumpkin','gourd');
INSERT INTO field VALUES (1,1,'S1',20,'clay'),(2,1,'S2',32,'loam'),(3,2,'T1',75,'loam'),(4,3,'B1',12,'sand'),(5,4,'A1',40,'clay');
INSERT INTO harvest VALUES (1,1,1,'2023-08-01',110),(2,2,2,'2023-08-05',140),(3,3,1,'2023-08-10',480),(4,3,3,'2024-09-20',900),(5,4,3,'2024-09-12',95),(6,1,2,'2024-07-28',88);
INSERT INTO machine VALUES (1,'Fendt 724','tractor','2018-03-01',145000,1),(2,'Claas Lexion','harvester','2021-06-10',390000,2),(3,'Deutz 6','tractor','2009-05-05',42000,3),(4,'Seeder S','seeder','2022-02-02',28000,NULL);
INSERT INTO buyer VALUES (1,'Mill & Co','Austria'),(2,'Fresh SA','France'),(3,'Brauhaus','Germany');
INSERT INTO sale VALUES (1,1,1,'2023-09-01',300,210),(2,3,2,'2023-09-15',120,240),(3,2,3,'2024-10-01',500,180),(4,1,1,'2024-01-10',150,225),(5,2,3,'2024-11-05',200,195);
