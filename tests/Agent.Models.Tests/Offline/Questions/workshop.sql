-- A car workshop: owners, vehicles, jobs with mechanics, parts in a bridge with quantity and price, invoices paid or not; dates as yyyymmdd numbers.
CREATE TABLE Customer (CustId INTEGER PRIMARY KEY, Surname TEXT, GivenName TEXT, Phone TEXT, Town TEXT, IsBusiness TEXT);
CREATE TABLE Vehicle (VehicleId INTEGER PRIMARY KEY, CustId INTEGER REFERENCES Customer(CustId), Plate TEXT, Make TEXT, Model TEXT, ModelYear INTEGER, Mileage INTEGER, Fuel TEXT);
CREATE TABLE Mechanic (MechId INTEGER PRIMARY KEY, FullName TEXT, HourlyRate NUMERIC, HiredOn INTEGER, Certified TEXT);
CREATE TABLE Job (JobId INTEGER PRIMARY KEY, VehicleId INTEGER REFERENCES Vehicle(VehicleId), MechId INTEGER REFERENCES Mechanic(MechId), OpenedOn INTEGER, FinishedOn INTEGER, Kind TEXT, LabourHours NUMERIC, Status TEXT);
CREATE TABLE Part (PartNo TEXT PRIMARY KEY, PartName TEXT, UnitPrice NUMERIC, InStock INTEGER, Supplier TEXT);
CREATE TABLE JobPart (JobId INTEGER REFERENCES Job(JobId), PartNo TEXT REFERENCES Part(PartNo), Qty INTEGER, PRIMARY KEY (JobId, PartNo));
CREATE TABLE Bill (BillNo INTEGER PRIMARY KEY, JobId INTEGER REFERENCES Job(JobId), IssuedOn INTEGER, Net NUMERIC, Vat NUMERIC, PaidOn INTEGER);
INSERT INTO Customer VALUES (1,'Amsel','Ruth','0711-1','Esslingen','N'),(2,'Bode','Kurt','0711-2','Stuttgart','N'),(3,'Cargo GmbH',NULL,'0711-3','Stuttgart','Y'),(4,'Dorn','Eva',NULL,'Ulm','N');
INSERT INTO Vehicle VALUES (1,1,'ES-RA 10','Opel','Corsa',2012,98000,'petrol'),(2,2,'S-KB 77','Audi','A4',2019,61000,'diesel'),(3,3,'S-CG 1','Ford','Transit',2021,120500,'diesel'),(4,3,'S-CG 2','Ford','Transit',2023,30200,'electric'),(5,2,'S-KB 78','Fiat','500',2015,45000,'petrol');
INSERT INTO Mechanic VALUES (1,'Ada Blum',68,20150301,'Y'),(2,'Veli Kaya',59,20200901,'N'),(3,'Jo Stern',62,20180115,'Y');
INSERT INTO Job VALUES (1,1,1,20240110,20240111,'inspection',2.5,'done'),(2,2,2,20240205,20240207,'brakes',4,'done'),(3,3,1,20240301,20240301,'oil change',1,'done'),(4,3,3,20240415,NULL,'gearbox',12,'waiting'),(5,5,2,20240502,NULL,'inspection',NULL,'in progress'),(6,4,1,20230920,20230921,'tyres',1.5,'done');
INSERT INTO Part VALUES ('B-1','Brake disc',85,12,'Brembo'),('B-2','Brake pad',30,40,'Brembo'),('O-1','Engine oil 5 l',42,25,'Castrol'),('F-1','Oil filter',11,0,'Mann'),('T-1','Winter tyre',95,8,'Conti');
INSERT INTO JobPart VALUES (2,'B-1',2),(2,'B-2',4),(3,'O-1',1),(3,'F-1',1),(6,'T-1',4),(1,'F-1',1);
INSERT INTO Bill VALUES (1,1,20240112,181,34.39,20240120),(2,2,20240208,526,99.94,NULL),(3,3,20240302,121,22.99,20240310),(4,6,20230922,482,91.58,20231001);
