-- A town's building permits: applicants, parcels of land, applications with stages, officers who decide, fees and payments, objections by neighbours.
CREATE TABLE applicant (applicant_id INTEGER PRIMARY KEY, applicant_name TEXT, kind TEXT, phone TEXT, registered_on TEXT);
CREATE TABLE district (district_code TEXT PRIMARY KEY, district_name TEXT, inhabitants INTEGER, protected INTEGER);
CREATE TABLE parcel (parcel_no TEXT PRIMARY KEY, district_code TEXT REFERENCES district(district_code), street TEXT, area_sqm NUMERIC, zoning TEXT);
CREATE TABLE officer (officer_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, department TEXT, supervisor_id INTEGER REFERENCES officer(officer_id));
CREATE TABLE application (application_id INTEGER PRIMARY KEY, applicant_id INTEGER REFERENCES applicant(applicant_id), parcel_no TEXT REFERENCES parcel(parcel_no), project TEXT, submitted_on TEXT, decided_on TEXT, outcome TEXT, officer_id INTEGER REFERENCES officer(officer_id), storeys INTEGER, build_cost NUMERIC, urgent TEXT);
CREATE TABLE objection (objection_id INTEGER PRIMARY KEY, application_id INTEGER REFERENCES application(application_id), neighbour TEXT, received_on TEXT, upheld INTEGER);
CREATE TABLE fee (fee_id INTEGER PRIMARY KEY, application_id INTEGER REFERENCES application(application_id), fee_type TEXT, amount NUMERIC, due_on TEXT, paid_on TEXT);
INSERT INTO applicant VALUES (1,'Family Roth','private','030-11','2020-02-02'),(2,'Baugut GmbH','company','030-22','2015-07-01'),(3,'City Library','public',NULL,'2010-01-01'),(4,'Marek Nowak','private','030-44','2024-01-15');
INSERT INTO district VALUES ('N','Nordend',21000,0),('A','Altstadt',8000,1),('W','Westhang',15500,0);
INSERT INTO parcel VALUES ('101/1','N','Birkenweg',650,'residential'),('101/2','N','Birkenweg',720,'residential'),('7/3','A','Marktplatz',310,'mixed'),('55/9','W','Industriestrasse',4800,'commercial'),('55/10','W','Industriestrasse',2500,'commercial');
INSERT INTO officer VALUES (1,'Helen','Brand','planning',NULL),(2,'Igor','Sanz','planning',1),(3,'Paula','Weiss','heritage',1);
INSERT INTO application VALUES (1,1,'101/1','garage','2023-01-10','2023-03-01','granted',2,1,25000,'N'),(2,2,'55/9','warehouse','2023-02-20','2023-09-15','granted',2,2,1900000,'Y'),(3,3,'7/3','reading room','2023-11-05',NULL,NULL,3,3,450000,'N'),(4,2,'101/2','apartments','2024-01-20','2024-05-30','denied',1,5,3200000,'N'),(5,4,'101/1','carport','2024-02-28','2024-03-20','granted',2,1,8000,'N'),(6,1,'101/1','pool','2024-06-01',NULL,NULL,NULL,NULL,40000,'Y');
INSERT INTO objection VALUES (1,4,'H. Lang','2024-02-10',1),(2,4,'S. Ott','2024-02-12',1),(3,2,'K. Frey','2023-03-03',0),(4,3,'Heritage Club','2023-12-01',0);
INSERT INTO fee VALUES (1,1,'base',120,'2023-01-31','2023-01-25'),(2,2,'base',900,'2023-03-15','2023-04-02'),(3,2,'inspection',300,'2023-10-15',NULL),(4,4,'base',1500,'2024-02-15','2024-02-14'),(5,5,'base',90,'2024-03-15',NULL),(6,3,'base',250,'2023-12-01','2023-11-30');
