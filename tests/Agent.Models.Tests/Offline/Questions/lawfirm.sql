-- A law firm: offices, lawyers with mentors, clients and their matters, who works on what, hours, hearings, invoices.
CREATE TABLE offices (office_id INTEGER PRIMARY KEY, city TEXT, country TEXT, opened_on TEXT, floor_space_sqm INTEGER);
CREATE TABLE lawyers (lawyer_id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL, position TEXT, office_id INTEGER REFERENCES offices(office_id), mentor_id INTEGER REFERENCES lawyers(lawyer_id), hourly_rate NUMERIC, admitted_on TEXT, is_active INTEGER NOT NULL DEFAULT 1, email TEXT);
CREATE TABLE practice_areas (area_id INTEGER PRIMARY KEY, area_name TEXT);
CREATE TABLE clients (client_id INTEGER PRIMARY KEY, client_name TEXT, client_type TEXT, industry TEXT, country TEXT, client_since TEXT, contact_email TEXT);
CREATE TABLE matters (matter_id INTEGER PRIMARY KEY, matter_no TEXT UNIQUE, title TEXT, client_id INTEGER REFERENCES clients(client_id), area_id INTEGER REFERENCES practice_areas(area_id), lead_lawyer_id INTEGER REFERENCES lawyers(lawyer_id), opened_on TEXT, closed_on TEXT, status TEXT, fee_type TEXT, budget NUMERIC);
CREATE TABLE matter_team (matter_id INTEGER REFERENCES matters(matter_id), lawyer_id INTEGER REFERENCES lawyers(lawyer_id), team_role TEXT, assigned_on TEXT, PRIMARY KEY (matter_id, lawyer_id));
CREATE TABLE time_entries (entry_id INTEGER PRIMARY KEY, matter_id INTEGER REFERENCES matters(matter_id), lawyer_id INTEGER REFERENCES lawyers(lawyer_id), work_date TEXT, hours NUMERIC, billable INTEGER, description TEXT);
CREATE TABLE hearings (hearing_id INTEGER PRIMARY KEY, matter_id INTEGER REFERENCES matters(matter_id), court TEXT, hearing_date TEXT, judge TEXT, outcome TEXT);
CREATE TABLE invoices (invoice_id INTEGER PRIMARY KEY, invoice_no TEXT, matter_id INTEGER REFERENCES matters(matter_id), issued_on TEXT, due_on TEXT, amount NUMERIC, paid_on TEXT);
INSERT INTO offices VALUES (1,'London','United Kingdom','1998-04-01',2100),(2,'Dublin','Ireland','2009-09-15',780),(3,'Brussels','Belgium','2014-02-03',540),(4,'Lisbon','Portugal','2024-01-08',210);
INSERT INTO practice_areas VALUES (1,'Mergers & Acquisitions'),(2,'Employment'),(3,'Intellectual Property'),(4,'Real Estate'),(5,'Tax'),(6,'Maritime');
INSERT INTO lawyers VALUES
(1,'Eleanor','Whitcombe','managing partner',1,NULL,620,'1994-10-03',1,'e.whitcombe@whitcombelegal.example'),
(2,'Declan','Moriarty','partner',2,1,540,'2001-07-16',1,'d.moriarty@whitcombelegal.example'),
(3,'Sophie','Vandamme','partner',3,1,525,'2003-03-31',1,'s.vandamme@whitcombelegal.example'),
(4,'Rajesh','Iyer','partner',1,1,560,'2000-11-20',1,'r.iyer@whitcombelegal.example'),
(5,'Aoife','Brennan','associate',2,2,310,'2015-09-07',1,'a.brennan@whitcombelegal.example'),
(6,'Tom','Halloran','associate',2,2,295,'2017-09-04',0,NULL),
(7,'Lotte','Claes','associate',3,3,320,'2014-06-12',1,'l.claes@whitcombelegal.example'),
(8,'Grace','Okonkwo','counsel',1,4,410,'2009-05-18',1,'g.okonkwo@whitcombelegal.example'),
(9,'Marcus','Penn','associate',1,4,330,'2016-10-10',1,'m.penn@whitcombelegal.example'),
(10,'Ines','Carvalho','counsel',4,3,385,'2010-12-01',1,'i.carvalho@whitcombelegal.example'),
(11,'Oliver','Stead','trainee',1,8,140,NULL,1,'o.stead@whitcombelegal.example'),
(12,'Niamh','Doyle','trainee',2,5,140,NULL,1,NULL);
INSERT INTO clients VALUES
(1,'Harrow Foods plc','company','food','United Kingdom','2011-03-14','legal@harrowfoods.example'),
(2,'Lumen Optics Ltd','company','manufacturing','Ireland','2018-06-01','office@lumenoptics.example'),
(3,'Port of Zeebrugge Authority','public body','logistics','Belgium','2016-01-25','contact@zeeport.example'),
(4,'Margaret Ashdown','individual',NULL,'United Kingdom','2020-10-02',NULL),
(5,'Celtic Ferries','company','logistics','Ireland','2013-05-30','claims@celticferries.example'),
(6,'Nimbus Software GmbH','company','software','Germany','2021-02-17','gc@nimbus.example'),
(7,'Quinta do Vale','company','food','Portugal','2024-02-20',NULL),
(8,'City of Dublin','public body','government','Ireland','2010-08-09','law@dublin.example'),
(9,'Peter Lindqvist','individual',NULL,'Sweden','2022-11-11','p.lindqvist@mail.example'),
(10,'Brightwater Homes','company','construction','United Kingdom','2019-09-23','office@brightwater.example');
INSERT INTO matters VALUES
(1,'M-2021-003','Acquisition of Orchard Mills',1,1,1,'2021-02-08','2021-12-17','closed','hourly',180000),
(2,'M-2021-011','Trademark dispute over LUMEN',2,3,2,'2021-06-21','2023-03-30','closed','hourly',95000),
(3,'M-2022-002','Terminal concession review',3,6,3,'2022-01-31',NULL,'open','fixed',120000),
(4,'M-2022-007','Ashdown unfair dismissal',4,2,8,'2022-04-04','2022-11-25','closed','contingency',NULL),
(5,'M-2022-015','Collision of MV Aran Star',5,6,2,'2022-09-12',NULL,'open','hourly',150000),
(6,'M-2023-001','Series B funding round',6,1,4,'2023-01-16','2023-06-02','closed','fixed',80000),
(7,'M-2023-006','Patent licensing programme',6,3,7,'2023-05-08',NULL,'open','hourly',60000),
(8,'M-2023-010','Canal Quarter land purchase',10,4,4,'2023-08-28',NULL,'on hold','hourly',70000),
(9,'M-2023-014','Redundancy programme',1,2,9,'2023-11-13','2024-05-31','closed','hourly',45000),
(10,'M-2024-001','Estate tax of P. Lindqvist',9,5,10,'2024-01-22',NULL,'open','fixed',15000),
(11,'M-2024-004','Export tax ruling',7,5,10,'2024-03-04',NULL,'open','hourly',25000),
(12,'M-2024-005','Housing scheme procurement',8,4,5,'2024-03-18',NULL,'open','hourly',NULL),
(13,'M-2024-009','Sale of Harrow Dairy',1,1,4,'2024-06-10',NULL,'on hold','contingency',250000);
INSERT INTO matter_team VALUES
(1,1,'lead','2021-02-08'),(1,9,'support','2021-02-15'),(1,11,'research','2021-09-01'),
(2,2,'lead','2021-06-21'),(2,5,'support','2021-06-28'),(2,6,'support','2021-07-05'),
(3,3,'lead','2022-01-31'),(3,7,'support','2022-02-07'),
(4,8,'lead','2022-04-04'),
(5,2,'lead','2022-09-12'),(5,5,'support','2022-09-19'),(5,3,'expert','2022-10-03'),(5,12,'research','2023-09-04'),
(6,4,'lead','2023-01-16'),(6,9,'support','2023-01-23'),
(7,7,'lead','2023-05-08'),(7,4,'expert','2023-06-12'),
(8,4,'lead','2023-08-28'),(8,11,'research','2023-09-04'),
(9,9,'lead','2023-11-13'),(9,8,'expert','2023-11-20'),
(10,10,'lead','2024-01-22'),
(11,10,'lead','2024-03-04'),(11,3,'expert','2024-03-11'),
(12,5,'lead','2024-03-18'),(12,12,'research','2024-03-25'),
(13,4,'lead','2024-06-10'),(13,9,'support','2024-06-17');
INSERT INTO time_entries VALUES
(1,1,1,'2021-03-02',6.5,1,'Due diligence'),(2,1,9,'2021-03-03',8,1,'Data room review'),(3,1,1,'2021-11-30',4,1,'Closing call'),
(4,2,2,'2021-07-14',3.5,1,'Statement of claim'),(5,2,5,'2021-07-15',7,1,'Research on prior marks'),(6,2,6,'2022-02-01',5.5,0,'Filing index'),(7,2,2,'2023-02-20',6,1,'Hearing preparation'),
(8,3,3,'2022-02-10',5,1,'Concession terms'),(9,3,7,'2022-02-11',7.5,1,'Draft opinion'),(10,3,7,'2022-05-19',2,0,'Internal meeting'),
(11,4,8,'2022-05-03',4.5,1,'Witness interviews'),(12,4,8,'2022-10-17',6,1,'Tribunal hearing'),
(13,5,2,'2022-09-13',2.5,1,'First client call'),(14,5,5,'2022-09-27',8,1,'Evidence review'),(15,5,3,'2022-10-11',3,1,'Opinion on liability'),(16,5,5,'2023-04-18',6.5,1,'Expert report'),(17,5,12,'2023-10-09',7,0,'Case law summary'),
(18,6,4,'2023-02-06',5,1,'Term sheet'),(19,6,9,'2023-02-08',9,1,'Drafting'),(20,6,9,'2023-03-14',3,0,'Bundle'),
(21,7,7,'2023-05-22',4,1,'Licence model'),(22,7,4,'2023-06-19',2,1,'Antitrust check'),(23,7,7,'2024-01-16',6,1,'Negotiation'),
(24,8,4,'2023-09-11',3.5,1,'Title check'),(25,8,11,'2023-09-12',8,0,'Land register search'),
(26,9,9,'2023-11-27',5.5,1,'Consultation plan'),(27,9,8,'2023-12-04',2.5,1,'Review'),(28,9,9,'2024-04-15',4.5,1,'Settlement drafts'),
(29,10,10,'2024-02-05',3,1,'Asset list'),(30,11,10,'2024-03-19',5,1,'Ruling request'),(31,11,3,'2024-03-20',1.5,1,'Second opinion'),
(32,12,5,'2024-04-08',6,1,'Tender review'),(33,12,12,'2024-04-09',4,0,'Annexes'),(34,13,4,'2024-06-24',2,1,'Kick-off');
INSERT INTO hearings VALUES
(1,2,'High Court Dublin','2022-03-14','Justice Farrell','adjourned'),(2,2,'High Court Dublin','2023-03-06','Justice Farrell','won'),
(3,4,'Employment Tribunal London','2022-10-17','Judge Merriman','settled'),
(4,5,'High Court Dublin','2023-06-27','Justice Kearney','adjourned'),(5,5,'High Court Dublin','2024-05-13','Justice Farrell','lost'),(6,5,'Court of Appeal Dublin','2025-02-24','Justice Nolan',NULL),
(7,3,'Commercial Court Bruges','2023-11-09','Mr De Wit','won'),
(8,9,'Employment Tribunal London','2024-03-21','Judge Merriman','settled'),
(9,11,'Tax Court Lisbon','2024-10-30','Dr Teles',NULL);
INSERT INTO invoices VALUES
(1,'INV-0101',1,'2021-06-30','2021-07-30',62400,'2021-07-22'),(2,'INV-0102',1,'2021-12-31','2022-01-30',98150,'2022-02-14'),
(3,'INV-0117',2,'2022-03-31','2022-04-30',41800,'2022-04-28'),(4,'INV-0143',2,'2023-04-14','2023-05-14',36900.5,'2023-05-10'),
(5,'INV-0125',3,'2022-06-30','2022-07-30',40000,'2022-07-29'),(6,'INV-0151',3,'2023-12-15','2024-01-14',40000,'2024-01-31'),
(7,'INV-0133',4,'2022-12-09','2023-01-08',12500,'2023-01-05'),
(8,'INV-0139',5,'2022-12-31','2023-01-30',33750,'2023-01-30'),(9,'INV-0148',5,'2023-10-31','2023-11-30',28400,NULL),(10,'INV-0160',5,'2024-05-31','2024-06-30',19600,NULL),
(11,'INV-0145',6,'2023-06-16','2023-07-16',80000,'2023-07-03'),
(12,'INV-0152',7,'2024-01-31','2024-03-01',17200,'2024-02-27'),
(13,'INV-0149',8,'2023-11-30','2023-12-30',9800,NULL),
(14,'INV-0158',9,'2024-06-14','2024-07-14',38600,'2024-07-12'),
(15,'INV-0155',10,'2024-03-29','2024-04-28',7500,'2024-04-11'),(16,'INV-0161',12,'2024-06-28','2024-07-28',11250,NULL);
