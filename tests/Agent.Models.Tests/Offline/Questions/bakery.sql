-- A bakery chain in an accounting export: short names, branch codes, daily sales, recipes with ingredients, suppliers, staff shifts.
CREATE TABLE br (br_cd TEXT PRIMARY KEY, br_nm TEXT, city TEXT, sqm INTEGER, mgr_id INTEGER REFERENCES emp(emp_id));
CREATE TABLE emp (emp_id INTEGER PRIMARY KEY, fname TEXT, lname TEXT, br_cd TEXT REFERENCES br(br_cd), hire_dt TEXT, wage_hr NUMERIC, status TEXT);
CREATE TABLE prod (prod_cd TEXT PRIMARY KEY, prod_nm TEXT, cat TEXT, price NUMERIC, vegan TEXT);
CREATE TABLE sale (sale_id INTEGER PRIMARY KEY, br_cd TEXT REFERENCES br(br_cd), prod_cd TEXT REFERENCES prod(prod_cd), sale_dt TEXT, qty INTEGER, disc_pct NUMERIC);
CREATE TABLE ingr (ingr_id INTEGER PRIMARY KEY, ingr_nm TEXT, allergen TEXT, supp_id INTEGER REFERENCES supp(supp_id), stock_kg NUMERIC);
CREATE TABLE recipe (prod_cd TEXT REFERENCES prod(prod_cd), ingr_id INTEGER REFERENCES ingr(ingr_id), grams INTEGER, PRIMARY KEY (prod_cd, ingr_id));
CREATE TABLE supp (supp_id INTEGER PRIMARY KEY, supp_nm TEXT, city TEXT, rating INTEGER);
INSERT INTO br VALUES ('B1','Main Street','Graz',120,NULL),('B2','Station','Graz',45,NULL),('B3','Old Mill','Linz',80,NULL);
INSERT INTO emp VALUES (1,'Resi','Huber','B1','2012-05-01',21.5,'active'),(2,'Toni','Gruber','B1','2020-09-01',15.2,'active'),(3,'Mina','Said','B2','2018-03-15',16.9,'on leave'),(4,'Leo','Winter','B3','2023-11-01',14.1,'active'),(5,'Fini','Moser','B3','2009-02-01',20.3,'retired');
UPDATE br SET mgr_id=1 WHERE br_cd='B1'; UPDATE br SET mgr_id=3 WHERE br_cd='B2';
INSERT INTO prod VALUES ('RYE','Rye bread','bread',4.8,'Y'),('CRO','Croissant','pastry',1.9,'N'),('BRZ','Brezel','pastry',1.4,'Y'),('SAC','Sacher slice','cake',5.2,'N'),('SPE','Spelt loaf','bread',5.6,'Y');
INSERT INTO sale VALUES (1,'B1','RYE','2024-05-01',30,0),(2,'B1','CRO','2024-05-01',80,0),(3,'B2','CRO','2024-05-02',120,10),(4,'B2','BRZ','2024-05-02',60,0),(5,'B3','SAC','2024-06-03',15,0),(6,'B1','RYE','2024-06-03',25,5),(7,'B3','BRZ','2024-06-04',40,0);
INSERT INTO supp VALUES (1,'Mühle Kern','Wels',5),(2,'Alpenmilch','Graz',4),(3,'SüssHandel','Wien',2);
INSERT INTO ingr VALUES (1,'Rye flour','gluten',1,250),(2,'Butter','milk',2,40),(3,'Sugar',NULL,3,0),(4,'Salt',NULL,NULL,12),(5,'Spelt flour','gluten',1,90),(6,'Chocolate','milk',3,8);
INSERT INTO recipe VALUES ('RYE',1,600),('RYE',4,12),('CRO',2,35),('BRZ',4,8),('SAC',3,90),('SAC',6,70),('SPE',5,550);
