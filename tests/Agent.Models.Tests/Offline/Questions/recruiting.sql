-- A recruitment agency: consultants, client companies and their vacancies, candidates with skills, applications and placements.
CREATE TABLE tbl_consultant (con_id INTEGER PRIMARY KEY, con_name TEXT NOT NULL, con_team TEXT, con_start_date TEXT, con_lead_id INTEGER REFERENCES tbl_consultant(con_id), con_yearly_target NUMERIC);
CREATE TABLE tbl_company (cmp_id INTEGER PRIMARY KEY, cmp_name TEXT NOT NULL, cmp_sector TEXT, cmp_city TEXT, cmp_headcount INTEGER, cmp_parent_id INTEGER REFERENCES tbl_company(cmp_id), cmp_blacklisted TEXT);
CREATE TABLE tbl_candidate (cnd_id INTEGER PRIMARY KEY, cnd_name TEXT NOT NULL, cnd_email TEXT, cnd_city TEXT, cnd_birth_date TEXT, cnd_current_job TEXT, cnd_expected_salary NUMERIC, cnd_available_from TEXT, cnd_source TEXT);
CREATE TABLE tbl_skill (skl_id INTEGER PRIMARY KEY, skl_name TEXT NOT NULL, skl_category TEXT);
CREATE TABLE tbl_candidate_skill (cnd_id INTEGER NOT NULL REFERENCES tbl_candidate(cnd_id), skl_id INTEGER NOT NULL REFERENCES tbl_skill(skl_id), years_experience INTEGER, PRIMARY KEY (cnd_id, skl_id));
CREATE TABLE tbl_vacancy (vac_id INTEGER PRIMARY KEY, vac_title TEXT, cmp_id INTEGER REFERENCES tbl_company(cmp_id), con_id INTEGER REFERENCES tbl_consultant(con_id), vac_opened TEXT, vac_closed TEXT, vac_salary_min NUMERIC, vac_salary_max NUMERIC, vac_remote TEXT, vac_status TEXT);
CREATE TABLE tbl_vacancy_skill (vac_id INTEGER NOT NULL REFERENCES tbl_vacancy(vac_id), skl_id INTEGER NOT NULL REFERENCES tbl_skill(skl_id), mandatory INTEGER, PRIMARY KEY (vac_id, skl_id));
CREATE TABLE tbl_application (app_id INTEGER PRIMARY KEY, vac_id INTEGER REFERENCES tbl_vacancy(vac_id), cnd_id INTEGER REFERENCES tbl_candidate(cnd_id), app_date TEXT, app_stage TEXT, app_rejection_reason TEXT);
CREATE TABLE tbl_placement (plc_id INTEGER PRIMARY KEY, app_id INTEGER UNIQUE REFERENCES tbl_application(app_id), plc_start_date TEXT, plc_salary NUMERIC, plc_fee NUMERIC, plc_fee_paid TEXT, plc_end_date TEXT);
INSERT INTO tbl_consultant VALUES (1,'Vera Nyström','Management','2011-03-01',NULL,0),(2,'Callum Reid','Technology','2014-08-18',1,320000),(3,'Bianca Torres','Finance','2016-01-11',1,280000),(4,'Jasper Lund','Technology','2019-05-06',2,180000),(5,'Oksana Hrytsenko','Technology','2021-10-04',2,150000),(6,'Felix Amann','Finance','2022-02-14',3,140000),(7,'Ruth Adeyemi','Healthcare','2023-09-01',1,120000);
INSERT INTO tbl_company VALUES (1,'Kestrel Group','conglomerate','Hamburg',12500,NULL,'N'),(2,'Kestrel Digital','software','Berlin',640,1,'N'),(3,'Kestrel Logistics','transport','Bremen',2100,1,'N'),(4,'Novabank','finance','Frankfurt',3800,NULL,'N'),(5,'Pixelforge','software','Leipzig',45,NULL,'N'),(6,'St. Elmo Clinics','healthcare','Munich',5200,NULL,'N'),(7,'Quickhire Ventures','finance','Berlin',20,NULL,'Y'),(8,'Hafen Energie','energy','Hamburg',870,NULL,'N'),(9,'Novabank Leasing','finance','Mainz',260,4,'N');
INSERT INTO tbl_candidate VALUES
(1,'Daniel Kranz','d.kranz@inbox.example','Berlin','1988-04-12','backend developer',78000,'2024-02-01','website'),
(2,'Mei Tanaka','mei.t@inbox.example','Hamburg','1993-11-30','data analyst',65000,'2023-10-01','referral'),
(3,'Luca Ferri',NULL,'Munich','1979-01-08','hospital controller',92000,NULL,'job fair'),
(4,'Amira Saleh','amira@saleh.example','Frankfurt','1990-06-25','risk analyst',74000,'2023-07-01','website'),
(5,'Jonathan Weber','jo.weber@inbox.example','Leipzig','1996-09-17','frontend developer',58000,'2024-04-15','social media'),
(6,'Petra Novotná','petra.n@inbox.example','Dresden','1985-02-03','project manager',85000,'2023-12-01','referral'),
(7,'Samuel Okafor','s.okafor@inbox.example','Berlin','1991-08-21','devops engineer',82000,'2023-05-01','website'),
(8,'Ilse Brandt',NULL,'Hamburg','1968-12-19','chief accountant',98000,'2023-09-01','job fair'),
(9,'Nikos Pappas','nikos@pappas.example','Bremen','1999-03-05','warehouse planner',47000,NULL,'website'),
(10,'Chiara Lombardi','chiara.l@inbox.example','Munich','1987-07-14','nurse manager',61000,'2024-01-01','social media'),
(11,'Ben Achterberg','ben.a@inbox.example','Berlin','1994-05-28','data engineer',76000,'2024-03-01','referral'),
(12,'Sara Lindholm','sara.l@inbox.example','Leipzig',NULL,'student',42000,'2024-09-01',NULL);
INSERT INTO tbl_skill VALUES (1,'Java','programming'),(2,'Python','programming'),(3,'SQL','data'),(4,'React','programming'),(5,'Kubernetes','infrastructure'),(6,'IFRS','finance'),(7,'SAP','business software'),(8,'Scrum','management'),(9,'German C1','language'),(10,'COBOL','programming');
INSERT INTO tbl_candidate_skill VALUES (1,1,9),(1,3,7),(1,5,2),(2,2,4),(2,3,5),(3,6,12),(3,7,10),(4,2,3),(4,3,6),(4,6,4),(5,4,3),(5,8,1),(6,8,8),(6,7,5),(6,9,15),(7,2,6),(7,5,5),(8,6,20),(8,7,18),(9,7,2),(9,3,1),(10,8,3),(11,2,5),(11,3,5),(11,1,2);
INSERT INTO tbl_vacancy VALUES
(1,'Senior Java Developer',2,2,'2023-01-09','2023-04-28',75000,95000,'hybrid','filled'),
(2,'Data Engineer',2,4,'2023-02-20','2023-06-30',68000,82000,'full','filled'),
(3,'Risk Analyst',4,3,'2023-03-13','2023-05-31',70000,84000,'none','filled'),
(4,'Frontend Developer',5,5,'2023-06-05',NULL,50000,62000,'full','open'),
(5,'Head of Accounting',8,3,'2023-06-19','2023-09-15',90000,110000,'hybrid','filled'),
(6,'Warehouse Planner',3,4,'2023-08-07','2023-12-01',42000,50000,'none','cancelled'),
(7,'Ward Manager',6,7,'2023-10-02',NULL,58000,66000,'none','open'),
(8,'DevOps Engineer',8,2,'2023-11-20','2024-02-09',76000,90000,'full','filled'),
(9,'Hospital Controller',6,6,'2024-01-15',NULL,80000,98000,'hybrid','open'),
(10,'Leasing Controller',9,6,'2024-02-12',NULL,64000,76000,'hybrid','open'),
(11,'Scrum Master',5,5,'2024-03-18',NULL,60000,72000,'full','on hold');
INSERT INTO tbl_vacancy_skill VALUES (1,1,1),(1,3,0),(1,5,0),(2,2,1),(2,3,1),(3,3,1),(3,6,0),(3,9,1),(4,4,1),(5,6,1),(5,7,1),(6,7,1),(8,5,1),(8,2,0),(9,6,1),(9,7,0),(10,6,1),(11,8,1),(11,9,0);
INSERT INTO tbl_application VALUES
(1,1,1,'2023-01-20','hired',NULL),(2,1,11,'2023-01-25','rejected','too junior'),(3,2,2,'2023-03-01','rejected','salary'),(4,2,11,'2023-03-06','hired',NULL),(5,3,4,'2023-03-28','hired',NULL),
(6,3,2,'2023-04-03','withdrawn',NULL),(7,4,5,'2023-06-21','interview',NULL),(8,5,8,'2023-07-03','hired',NULL),(9,5,3,'2023-07-10','rejected','no permit'),(10,6,9,'2023-08-29','rejected','position cancelled'),
(11,7,10,'2023-10-23','offer',NULL),(12,8,7,'2023-12-04','hired',NULL),(13,8,1,'2023-12-11','withdrawn',NULL),(14,9,3,'2024-02-01','interview',NULL),(15,10,4,'2024-02-26','screening',NULL),(16,9,8,'2024-02-28','rejected','salary'),(17,4,11,'2024-03-04','screening',NULL),(18,11,5,'2024-03-25','screening',NULL);
INSERT INTO tbl_placement VALUES (1,1,'2023-05-01',88000,22000,'Y','2023-10-31'),(2,4,'2023-07-01',77500,17050,'Y',NULL),(3,5,'2023-06-15',79000,17380,'N',NULL),(4,8,'2023-10-01',104000,26000,'Y',NULL),(5,12,'2024-03-01',84000,18480,'N',NULL);
