-- IT assets: licences, a category tree, text keys, flags in words, a view over two tables, amounts with currency columns.
CREATE TABLE category (cat_code TEXT PRIMARY KEY, cat_label TEXT, parent_code TEXT REFERENCES category(cat_code));
CREATE TABLE site (site_code TEXT PRIMARY KEY, site_label TEXT, country TEXT);
CREATE TABLE emp (emp_no INTEGER PRIMARY KEY, given_nm TEXT, family_nm TEXT, site_code TEXT REFERENCES site(site_code), cost_centre TEXT);
CREATE TABLE asset (asset_tag TEXT PRIMARY KEY, model TEXT, cat_code TEXT REFERENCES category(cat_code), emp_no INTEGER REFERENCES emp(emp_no), bought_on TEXT, price REAL, currency TEXT, state TEXT, warranty_until TEXT);
CREATE TABLE software (sw_id INTEGER PRIMARY KEY, title TEXT, vendor TEXT, annual_fee REAL, seats INTEGER);
CREATE TABLE licence (asset_tag TEXT REFERENCES asset(asset_tag), sw_id INTEGER REFERENCES software(sw_id), granted_on TEXT, expired TEXT, PRIMARY KEY (asset_tag, sw_id));
CREATE TABLE repair (repair_id INTEGER PRIMARY KEY, asset_tag TEXT REFERENCES asset(asset_tag), reported_at INTEGER, cost REAL, fixed INTEGER);
INSERT INTO category VALUES ('HW','Hardware',NULL),('LAP','Laptops','HW'),('MON','Monitors','HW'),('PHN','Phones','HW');
INSERT INTO site VALUES ('ZRH','Zurich HQ','Switzerland'),('VIE','Vienna Office','Austria'),('MIL','Milan Lab','Italy');
INSERT INTO emp VALUES (10,'Lara','Kunz','ZRH','R&D'),(11,'Marco','Bianchi','MIL','R&D'),(12,'Nina','Huber','VIE','Sales'),(13,'Otto','Frei','ZRH','Finance');
INSERT INTO asset VALUES ('A-001','ThinkPad X1','LAP',10,'2022-03-10',1890,'CHF','in use','2025-03-10'),('A-002','ThinkPad X1','LAP',11,'2023-01-05',1750,'EUR','in use','2026-01-05'),('A-003','Dell U27','MON',10,'2021-07-19',420,'CHF','in use','2024-07-19'),('A-004','Pixel 8','PHN',12,'2024-02-01',699,'EUR','in use','2026-02-01'),('A-005','MacBook Air','LAP',NULL,'2020-11-11',1200,'CHF','in stock','2023-11-11'),('A-006','Dell U27','MON',NULL,'2021-07-19',420,'CHF','scrapped','2024-07-19'),('A-007','iPhone 14','PHN',13,'2023-05-30',899,'CHF','lost',NULL);
INSERT INTO software VALUES (1,'DrawPro','Vectorix',240,10),(2,'CalcSuite','Numera',120,50),(3,'SecureVPN','Numera',60,200);
INSERT INTO licence VALUES ('A-001',1,'2022-04-01','no'),('A-001',2,'2022-04-01','no'),('A-002',2,'2023-01-10','no'),('A-002',3,'2023-01-10','yes'),('A-004',3,'2024-02-02','no');
INSERT INTO repair VALUES (1,'A-001',1672561800,150,1),(2,'A-003',1704103200,80,1),(3,'A-001',1709294400,320,0),(4,'A-004',1714555800,95,0);
