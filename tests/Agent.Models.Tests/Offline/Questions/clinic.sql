-- A clinic's schema as it grew: abbreviations, no declared foreign keys, dates as text (day first), flags as numbers.
CREATE TABLE tbl_pat (pat_no INTEGER PRIMARY KEY, pat_fname TEXT, pat_lname TEXT, dob TEXT, sex TEXT, city TEXT, ins_cd TEXT);
CREATE TABLE tbl_doc (doc_id INTEGER PRIMARY KEY, doc_name TEXT, spec TEXT, hire_dt TEXT, salary NUMERIC(10,2));
CREATE TABLE tbl_ins (ins_cd TEXT PRIMARY KEY, ins_name TEXT, monthly_fee REAL);
CREATE TABLE tbl_appt (appt_id INTEGER PRIMARY KEY, pat_no INTEGER, doc_id INTEGER, appt_dt TEXT, duration_min INTEGER, status TEXT, room TEXT);
CREATE TABLE tbl_diag (diag_cd TEXT PRIMARY KEY, diag_desc TEXT);
CREATE TABLE tbl_appt_diag (appt_id INTEGER, diag_cd TEXT, severity INTEGER, PRIMARY KEY (appt_id, diag_cd));
CREATE TABLE tbl_rx (rx_id INTEGER PRIMARY KEY, appt_id INTEGER, med_name TEXT, qty INTEGER, unit_price REAL);
INSERT INTO tbl_ins VALUES ('AOK','AOK Nord',210.5),('TK','Techniker',198.0),('PRV','Private Plus',450.0),('BKK','Betriebskasse',190.25);
INSERT INTO tbl_pat VALUES (1,'Anna','Schmidt','12.03.1980','F','Hamburg','AOK'),(2,'Bernd','Krause','01.11.1955','M','Bremen','TK'),(3,'Clara','Vogel','23.07.1992','F','Hamburg','PRV'),(4,'Dieter','Lang','30.01.1948','M','Kiel','AOK'),(5,'Emma','Wolf','15.05.2010','F','Hamburg','TK'),(6,'Felix','Berg','09.09.1975','M','Bremen',NULL),(7,'Greta','Stein','28.02.1988','F','Lübeck','AOK');
INSERT INTO tbl_doc VALUES (10,'Dr. Hansen','Cardiology','01.04.2005',98000),(11,'Dr. Yilmaz','Pediatrics','15.09.2012',87000.5),(12,'Dr. Okafor','Dermatology','01.01.2019',79000),(13,'Dr. Petersen','Cardiology','01.07.2020',91000);
INSERT INTO tbl_appt VALUES (100,1,10,'05.01.2024',30,'done','R1'),(101,2,10,'06.01.2024',45,'done','R1'),(102,5,11,'10.02.2024',20,'done','R2'),(103,3,12,'12.02.2024',15,'cancelled','R3'),(104,1,12,'03.03.2024',25,'done','R3'),(105,4,10,'21.03.2024',60,'done','R1'),(106,1,10,'02.05.2023',40,'done','R1'),(107,7,12,'30.11.2023',15,'no-show','R3'),(108,2,10,'14.06.2024',30,'planned','R2'),(109,5,11,'01.07.2024',20,'planned','R2');
INSERT INTO tbl_diag VALUES ('I10','Hypertension'),('L20','Eczema'),('J06','Common cold'),('I48','Atrial fibrillation');
INSERT INTO tbl_appt_diag VALUES (100,'I10',2),(101,'I48',3),(101,'I10',1),(102,'J06',1),(104,'L20',2),(105,'I10',3),(106,'I10',1);
INSERT INTO tbl_rx VALUES (1,100,'Ramipril',30,0.25),(2,101,'Apixaban',60,1.1),(3,102,'Paracetamol',10,0.1),(4,104,'Cortisone',1,8.5),(5,105,'Ramipril',90,0.25),(6,106,'Ramipril',30,0.2);
