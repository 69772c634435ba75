-- A shipping line: vessels, voyages between two ports, containers, customers' bookings, incidents; codes and metric units in the names.
CREATE TABLE ports (port_code TEXT PRIMARY KEY, port_name TEXT, country TEXT, max_draft_m NUMERIC);
CREATE TABLE vessels (vessel_id INTEGER PRIMARY KEY, vessel_name TEXT, flag TEXT, built_year INTEGER, capacity_teu INTEGER, owned TEXT);
CREATE TABLE voyages (voyage_no TEXT PRIMARY KEY, vessel_id INTEGER REFERENCES vessels(vessel_id), from_port TEXT REFERENCES ports(port_code), to_port TEXT REFERENCES ports(port_code), departs TEXT, arrives TEXT, voyage_status TEXT, distance_nm INTEGER);
CREATE TABLE clients (client_id INTEGER PRIMARY KEY, company TEXT, contact_person TEXT, city TEXT, credit_limit NUMERIC, blocked INTEGER);
CREATE TABLE containers (container_no TEXT PRIMARY KEY, kind TEXT, tare_kg INTEGER, leased INTEGER);
CREATE TABLE bookings (booking_id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients(client_id), voyage_no TEXT REFERENCES voyages(voyage_no), booked_on TEXT, freight_usd NUMERIC, paid_usd NUMERIC);
CREATE TABLE loads (booking_id INTEGER REFERENCES bookings(booking_id), container_no TEXT REFERENCES containers(container_no), gross_kg INTEGER, goods TEXT, hazardous INTEGER, PRIMARY KEY (booking_id, container_no));
CREATE TABLE incidents (incident_id INTEGER PRIMARY KEY, voyage_no TEXT REFERENCES voyages(voyage_no), happened_on TEXT, severity TEXT, note TEXT);
INSERT INTO ports VALUES ('DEHAM','Hamburg','Germany',15.1),('NLRTM','Rotterdam','Netherlands',24),('BRSSZ','Santos','Brazil',14.2),('SGSIN','Singapore','Singapore',18),('ZADUR','Durban','South Africa',12.8);
INSERT INTO vessels VALUES (1,'Astrid','Denmark',2008,6600,'Y'),(2,'Bellona','Panama',2016,14000,'N'),(3,'Corvus','Liberia',1999,2800,'Y'),(4,'Delphine','Panama',2021,18500,'N');
INSERT INTO voyages VALUES ('A101',1,'DEHAM','BRSSZ','2024-01-10','2024-02-01','completed',5500),('B201',2,'SGSIN','NLRTM','2024-02-05','2024-03-01','completed',8300),('B202',2,'NLRTM','DEHAM','2024-03-03','2024-03-04','completed',270),('C301',3,'ZADUR','SGSIN','2024-03-20','2024-04-07','delayed',4900),('A102',1,'BRSSZ','DEHAM','2024-04-02',NULL,'cancelled',5500);
INSERT INTO clients VALUES (1,'Nordkaffee','Ulla Benn','Hamburg',50000,0),(2,'Tropic Fruits','Rui Alves','Santos',20000,0),(3,'Lion Parts','May Tan','Singapore',80000,0),(4,'Veldt Wool','Anna Botha','Durban',10000,1);
INSERT INTO containers VALUES ('C-1','reefer',4500,0),('C-2','dry',2300,0),('C-3','dry',2300,1),('C-4','tank',3600,1),('C-5','dry',3900,0);
INSERT INTO bookings VALUES (1,1,'A101','2023-12-01',4200,4200),(2,2,'A101','2023-12-15',3100,0),(3,3,'B201','2024-01-20',9800,5000),(4,3,'B202','2024-02-25',900,900),(5,1,'A102','2024-03-01',4000,NULL);
INSERT INTO loads VALUES (1,'C-2',18200,'machines',0),(2,'C-1',21000,'oranges',0),(3,'C-3',15500,'brakes',0),(3,'C-4',24800,'solvent',1),(4,'C-3',9000,'brakes',0);
INSERT INTO incidents VALUES (1,'A101','2024-01-15','minor','Broken crane'),(2,'C301','2024-03-28','major','Engine failure'),(3,'C301','2024-03-30','minor','Late pilot');
