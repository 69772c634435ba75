-- A city fire brigade: stations, firefighters and their supervisors, vehicles and the equipment on them, incidents and the vehicles dispatched to them, courses and certificates.
CREATE TABLE station (stationId INTEGER PRIMARY KEY, stationName VARCHAR(40) NOT NULL, district VARCHAR(40), builtYear INTEGER, phone VARCHAR(20), isVolunteer BOOLEAN);
CREATE TABLE firefighter (firefighterId INTEGER PRIMARY KEY, fullName VARCHAR(60) NOT NULL, jobRank VARCHAR(30), stationId INTEGER NOT NULL, supervisorId INTEGER, birthDate DATE, joinedDate DATE, retiredDate DATE, bloodGroup VARCHAR(4), FOREIGN KEY (stationId) REFERENCES station(stationId), FOREIGN KEY (supervisorId) REFERENCES firefighter(firefighterId));
CREATE TABLE vehicle (vehicleId INTEGER PRIMARY KEY, callSign VARCHAR(20) NOT NULL, vehicleType VARCHAR(30), manufacturer VARCHAR(30), stationId INTEGER NOT NULL, purchaseDate DATE, purchasePrice DECIMAL(10,2), waterTankLitres INTEGER, outOfService BOOLEAN, FOREIGN KEY (stationId) REFERENCES station(stationId));
CREATE TABLE equipment (equipmentId INTEGER PRIMARY KEY, equipmentName VARCHAR(60) NOT NULL, category VARCHAR(30), vehicleId INTEGER, weightKg DECIMAL(6,1), lastChecked DATE, FOREIGN KEY (vehicleId) REFERENCES vehicle(vehicleId));
CREATE TABLE incident (incidentId INTEGER PRIMARY KEY, incidentType VARCHAR(30), street VARCHAR(60), reportedAt DATETIME, closedAt DATETIME, alarmLevel INTEGER, injuredPersons INTEGER, damageEstimate DECIMAL(12,2), falseAlarm BOOLEAN, commanderId INTEGER, FOREIGN KEY (commanderId) REFERENCES firefighter(firefighterId));
CREATE TABLE dispatch (dispatchId INTEGER PRIMARY KEY, incidentId INTEGER NOT NULL, vehicleId INTEGER NOT NULL, crewSize INTEGER, responseMinutes INTEGER, FOREIGN KEY (incidentId) REFERENCES incident(incidentId), FOREIGN KEY (vehicleId) REFERENCES vehicle(vehicleId));
CREATE TABLE course (courseId INTEGER PRIMARY KEY, courseName VARCHAR(60) NOT NULL, provider VARCHAR(40), durationDays INTEGER, fee DECIMAL(8,2));
CREATE TABLE certificate (certificateId INTEGER PRIMARY KEY, firefighterId INTEGER NOT NULL, courseId INTEGER NOT NULL, passedDate DATE, expiryDate DATE, score INTEGER, FOREIGN KEY (firefighterId) REFERENCES firefighter(firefighterId), FOREIGN KEY (courseId) REFERENCES course(courseId));
INSERT INTO station VALUES
(1,'Headquarters','Old Town',1962,'555-0100',0),(2,'Harbour Station','Docklands',1978,'555-0110',0),(3,'Northgate Station','Northgate',1991,'555-0120',0),(4,'Hillcrest Station','Hillcrest',2008,'555-0130',1),(5,'Mill Lane Station','Eastfield',1955,'555-0140',1),(6,'Airport Road Station','Westbrook',2016,'555-0150',0),(7,'Quarry Station','Stonebridge',1983,NULL,1),(8,'Riverside Training Centre','Docklands',2021,'555-0170',0);
INSERT INTO firefighter VALUES
(1,'Gordon Hale','Chief',1,NULL,'1965-03-14','1988-09-01',NULL,'A+'),
(2,'Teresa Molina','Captain',1,1,'1975-10-02','1999-04-12',NULL,'O+'),
(3,'Dennis Okafor','Captain',2,1,'1978-06-27','2002-02-18',NULL,'B+'),
(4,'Rosa Kettler','Captain',3,1,'1981-01-19','2005-08-22',NULL,'O-'),
(5,'Paul Brannigan','Lieutenant',1,2,'1984-12-08','2008-03-03',NULL,'A+'),
(6,'Aisha Rahman','Lieutenant',2,3,'1986-04-30','2010-10-11',NULL,'AB+'),
(7,'Victor Lang','Firefighter',1,5,'1990-07-15','2013-05-20',NULL,'O+'),
(8,'Maeve Connolly','Firefighter',1,5,'1994-02-24','2017-09-04',NULL,'A-'),
(9,'Jorge Santos','Firefighter',2,6,'1992-11-11','2016-01-25',NULL,'O+'),
(10,'Lena Fischer','Firefighter',3,4,'1996-08-03','2019-06-17',NULL,'B-'),
(11,'Tariq Aziz','Firefighter',3,4,'1989-05-06','2012-11-05',NULL,'A+'),
(12,'Walter Simms','Lieutenant',5,2,'1961-09-23','1985-01-07','2021-09-30','O+'),
(13,'Nina Petrova','Firefighter',4,4,'1999-12-01','2021-03-15',NULL,'O-'),
(14,'Harold Pike','Firefighter',5,12,'1963-04-17','1990-06-11','2023-04-30','A+'),
(15,'Chloe Bennett','Firefighter',6,6,'1998-03-29','2022-02-07',NULL,'B+'),
(16,'Samuel Ortiz','Probationer',6,6,'2002-10-13','2024-04-02',NULL,'O+'),
(17,'Ebba Lund','Probationer',7,4,'2001-06-20','2024-04-02',NULL,NULL);
INSERT INTO vehicle VALUES
(1,'Engine 1','Engine','Scania',1,'2017-05-10',385000,2400,0),(2,'Engine 2','Engine','Scania',2,'2015-09-21',362000,2400,0),(3,'Engine 3','Engine','Volvo',3,'2020-03-02',418000,2700,0),
(4,'Ladder 1','Ladder truck','Iveco',1,'2012-11-30',640000,NULL,0),(5,'Ladder 2','Ladder truck','Scania',6,'2021-06-18',735000,NULL,0),
(6,'Tanker 1','Tanker','MAN',4,'2009-04-14',210000,8000,0),(7,'Tanker 2','Tanker','Volvo',6,'2018-08-27',298000,10000,1),
(8,'Rescue 1','Rescue truck','MAN',2,'2014-02-05',275000,500,0),(9,'Rescue 2','Rescue truck','Mercedes',3,'2022-10-12',340000,800,0),
(10,'Boat 1','Boat','Aluboat',2,'2011-07-01',96000,NULL,1),(11,'Engine 5','Engine','MAN',5,'1998-06-15',150000,1800,1),(12,'Command 1','Command car','Volvo',1,'2023-01-20',58000,NULL,0),(13,'Engine 7','Engine','Mercedes',7,'2006-09-09',198000,2000,0);
INSERT INTO equipment VALUES
(1,'Hydraulic cutter','rescue',8,19.5,'2024-03-11'),(2,'Hydraulic spreader','rescue',8,22,'2024-03-11'),(3,'Thermal camera','detection',1,1.4,'2024-05-02'),(4,'Thermal camera mini','detection',3,0.9,'2023-11-20'),(5,'Gas detector','detection',9,0.6,'2024-01-15'),
(6,'Portable pump','water',6,48,'2023-06-30'),(7,'Floating pump','water',NULL,26.5,'2022-09-08'),(8,'Chainsaw','tools',9,7.2,'2024-04-19'),(9,'Power generator','tools',2,61,'2023-12-04'),(10,'Floodlight','tools',2,12.8,NULL),
(11,'Stretcher','medical',8,9.3,'2024-02-22'),(12,'Defibrillator','medical',1,2.6,'2024-06-10'),(13,'Oxygen kit','medical',12,5.5,'2024-06-10'),(14,'Life raft','rescue',10,34,NULL),(15,'Jump cushion','rescue',NULL,55.5,'2021-10-05');
INSERT INTO incident VALUES
(1,'house fire','Candle Street','2022-01-15 21:40','2022-01-16 02:10',3,2,185000,0,2),
(2,'traffic accident','Ring Road','2022-03-02 07:55','2022-03-02 09:30',2,3,42000,0,5),
(3,'flood','Quay Street','2022-07-19 16:20','2022-07-20 11:00',3,0,260000,0,3),
(4,'house fire','Elm Avenue','2022-11-28 03:12','2022-11-28 05:45',2,1,74000,0,4),
(5,'vehicle fire','Dock Road','2023-02-10 18:05','2023-02-10 19:00',1,0,15500,0,6),
(6,'rescue from height','Tower Square','2023-04-23 13:30','2023-04-23 15:10',2,1,0,0,2),
(7,'house fire','Bakers Row','2023-05-05 23:48','2023-05-06 00:20',2,0,0,1,4),
(8,'forest fire','Quarry Hill','2023-08-14 14:15','2023-08-16 08:30',4,4,520000,0,1),
(9,'traffic accident','Airport Road','2023-09-01 17:42','2023-09-01 18:55',2,2,31000,0,6),
(10,'gas leak','Mill Lane','2023-12-20 10:05','2023-12-20 11:25',2,0,0,0,5),
(11,'house fire','Station Street','2024-01-30 06:33','2024-01-30 10:15',3,5,310000,0,2),
(12,'gas leak','Candle Street','2024-02-17 20:10','2024-02-17 20:40',1,0,0,1,5),
(13,'water rescue','Quay Street','2024-04-06 11:50','2024-04-06 12:40',2,1,0,0,3),
(14,'traffic accident','Ring Road','2024-05-24 08:20','2024-05-24 10:05',3,6,88000,0,6),
(15,'vehicle fire','Elm Avenue','2024-06-11 15:00','2024-06-11 15:50',1,0,9000,0,NULL),
(16,'flood','Harbour Walk','2024-07-02 19:25',NULL,3,0,NULL,0,3);
INSERT INTO dispatch VALUES
(1,1,1,6,5),(2,1,4,3,7),(3,1,12,2,6),(4,2,1,6,8),(5,2,8,4,11),(6,3,2,6,6),(7,3,10,3,9),(8,4,3,6,7),(9,4,9,3,8),(10,5,2,5,4),(11,6,4,3,6),(12,6,12,2,5),(13,7,3,6,9),(14,8,6,3,18),(15,8,7,3,21),(16,8,3,6,16),(17,8,13,5,12),(18,8,12,2,24),
(19,9,5,3,6),(20,9,8,4,14),(21,10,1,5,7),(22,11,1,6,4),(23,11,4,3,5),(24,11,12,2,7),(25,12,1,4,6),(26,13,8,4,10),(27,13,2,5,8),(28,14,9,4,12),(29,14,1,6,9),(30,15,3,5,7),(31,16,2,6,7),(32,16,6,3,15);
INSERT INTO course VALUES
(1,'Basic Firefighting','State Fire Academy',60,3200),(2,'Breathing Apparatus','State Fire Academy',5,640),(3,'Rope Rescue','Vertical Ltd',4,890),(4,'Emergency Medical Care','Red Cross',10,1150),(5,'Hazardous Materials','State Fire Academy',8,1400),(6,'Boat Handling','Harbour Authority',3,520),(7,'Incident Command','State Fire Academy',6,1750),(8,'Drone Piloting','SkyEye',2,480);
INSERT INTO certificate VALUES
(1,1,7,'2012-05-18','2027-05-18',94),(2,2,7,'2015-03-20','2025-03-20',88),(3,3,7,'2016-10-07','2026-10-07',91),(4,3,6,'2010-06-11',NULL,79),(5,4,5,'2014-09-26','2024-09-26',85),(6,5,3,'2018-04-13','2023-04-13',90),(7,5,4,'2019-11-15','2024-11-15',82),
(8,6,4,'2020-02-21','2025-02-21',95),(9,6,6,'2017-06-09',NULL,87),(10,7,2,'2014-01-24','2024-01-24',73),(11,7,3,'2021-05-28','2026-05-28',84),(12,8,4,'2022-11-18','2027-11-18',97),(13,9,6,'2018-07-06',NULL,81),(14,10,2,'2020-03-13','2025-03-13',78),(15,11,5,'2022-06-24','2027-06-24',69),
(16,13,1,'2021-06-30',NULL,83),(17,15,1,'2022-05-27',NULL,92),(18,15,2,'2023-02-10','2028-02-10',86),(19,8,2,'2018-10-19','2023-10-19',80),(20,4,7,'2019-04-05','2029-04-05',89);
