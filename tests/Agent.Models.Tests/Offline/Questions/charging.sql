-- A network of charging points for electric cars: operators, sites, chargers with their plugs, drivers on tariffs, vehicles, charging sessions.
CREATE TABLE Operators (OperatorId INTEGER PRIMARY KEY, OperatorName VARCHAR(80) NOT NULL, Country VARCHAR(40), FoundedYear INTEGER, Hotline VARCHAR(30));
CREATE TABLE Sites (SiteId INTEGER PRIMARY KEY, SiteName VARCHAR(80) NOT NULL, OperatorId INTEGER NOT NULL REFERENCES Operators(OperatorId), Town VARCHAR(60), Region VARCHAR(60), OpenedDate DATE, ClosedDate DATE, Open24h BOOLEAN, HasRoof BOOLEAN, ParkingSpaces INTEGER);
CREATE TABLE Chargers (ChargerId INTEGER PRIMARY KEY, ChargerCode VARCHAR(12) NOT NULL, SiteId INTEGER NOT NULL REFERENCES Sites(SiteId), Manufacturer VARCHAR(40), MaxPowerKw INTEGER, InstalledDate DATE, Status VARCHAR(20), ReplacedByChargerId INTEGER REFERENCES Chargers(ChargerId));
CREATE TABLE PlugTypes (PlugTypeId INTEGER PRIMARY KEY, PlugName VARCHAR(30), IsDirectCurrent BOOLEAN);
CREATE TABLE ChargerPlugs (ChargerId INTEGER NOT NULL REFERENCES Chargers(ChargerId), PlugTypeId INTEGER NOT NULL REFERENCES PlugTypes(PlugTypeId), CableLengthM DECIMAL(4,1), PRIMARY KEY (ChargerId, PlugTypeId));
CREATE TABLE Tariffs (TariffId INTEGER PRIMARY KEY, TariffName VARCHAR(40), MonthlyFee DECIMAL(8,2), PricePerKwh DECIMAL(6,3), ValidFrom DATE, ValidTo DATE);
CREATE TABLE Drivers (DriverId INTEGER PRIMARY KEY, FullName VARCHAR(80), Email VARCHAR(80), Phone VARCHAR(30), HomeTown VARCHAR(60), RegisteredDate DATE, TariffId INTEGER REFERENCES Tariffs(TariffId), ReferredByDriverId INTEGER REFERENCES Drivers(DriverId), IsBlocked BOOLEAN);
CREATE TABLE Vehicles (VehicleId INTEGER PRIMARY KEY, DriverId INTEGER NOT NULL REFERENCES Drivers(DriverId), Make VARCHAR(40), Model VARCHAR(40), LicensePlate VARCHAR(15), BatteryKwh DECIMAL(6,1));
CREATE TABLE Sessions (SessionId INTEGER PRIMARY KEY, ChargerId INTEGER NOT NULL REFERENCES Chargers(ChargerId), VehicleId INTEGER NOT NULL REFERENCES Vehicles(VehicleId), StartedAt DATETIME, EndedAt DATETIME, EnergyKwh DECIMAL(8,2), Cost DECIMAL(8,2), PaymentMethod VARCHAR(20), Rating INTEGER);
INSERT INTO Operators VALUES (1,'VoltWay','Netherlands',2012,'+31 88 100 200'),(2,'Stadtstrom','Germany',1998,'+49 800 4455'),(3,'AlpenLade','Austria',2016,NULL),(4,'GreenDrive','Germany',2020,'+49 800 7788'),(5,'Fjord Power','Norway',2009,'+47 22 11 00');
INSERT INTO Sites VALUES
(1,'Mühlbach Nord',1,'Mühlbach','Bavaria','2018-05-14',NULL,1,0,12),(2,'Riverside Mall',2,'Augsburg','Bavaria','2019-03-01',NULL,0,1,40),(3,'Central Station',2,'Ulm','Baden','2017-09-20',NULL,1,1,24),
(4,'Brenner Rest Stop',3,'Gries','Tyrol','2020-07-11',NULL,1,0,18),(5,'Old Harbour',1,'Mannheim','Baden','2016-02-28','2023-10-31',1,0,8),(6,'Tech Park',4,'Augsburg','Bavaria','2022-11-02',NULL,0,0,30),
(7,'Lake View Hotel',3,'Bregenz','Vorarlberg','2021-04-19',NULL,1,0,6),(8,'Market Hall',4,'Ulm','Baden','2024-02-05',NULL,0,1,16);
INSERT INTO Chargers VALUES
(3,'MN-1',1,'Alvec',150,'2018-05-14','available',NULL),(4,'MN-2',1,'Alvec',50,'2018-05-14','out of order',NULL),
(5,'RM-1',2,'Kempower',22,'2019-03-01','available',NULL),(6,'RM-2',2,'Kempower',22,'2019-03-01','occupied',NULL),(7,'RM-3',2,'Tritium',75,'2021-08-17','available',NULL),
(8,'CS-2',3,'Alvec',150,'2023-06-05','available',NULL),(9,'CS-1',3,'Efacec',50,'2017-09-20','retired',8),
(10,'BR-1',4,'Alpitronic',300,'2020-07-11','available',NULL),(11,'BR-2',4,'Alpitronic',300,'2020-07-11','occupied',NULL),(12,'BR-3',4,'Alpitronic',150,'2022-03-30','out of order',NULL),
(13,'OH-1',5,'Efacec',50,'2016-02-28','retired',NULL),(14,'TP-1',6,'Kempower',11,'2022-11-02','available',NULL),(15,'TP-2',6,'Kempower',11,'2022-11-02','available',NULL),
(16,'LV-1',7,'Wallbox',11,'2021-04-19','available',NULL),(17,'MH-1',8,'Tritium',75,'2024-02-05','occupied',NULL),(18,'MH-2',8,'Tritium',75,'2024-02-05','available',NULL);
INSERT INTO PlugTypes VALUES (1,'CCS',1),(2,'CHAdeMO',1),(3,'Type 2',0),(4,'Schuko',0),(5,'NACS',1);
INSERT INTO ChargerPlugs VALUES (3,1,4),(3,2,4),(4,1,3.5),(4,3,5),(5,3,5),(6,3,5),(7,1,3.5),(8,1,4.5),(8,2,4.5),(9,1,3),(9,2,3),(10,1,5),(11,1,5),(12,1,4),(13,2,3),(13,3,4),(14,3,7.5),(15,3,7.5),(16,3,6),(16,4,NULL),(17,1,4),(17,3,5),(18,1,4);
INSERT INTO Tariffs VALUES (1,'Pay as you go',0,0.590,'2020-01-01',NULL),(2,'Commuter',5.99,0.490,'2020-01-01',NULL),(3,'Frequent',14.99,0.390,'2021-06-01',NULL),(4,'Launch offer',0,0.290,'2018-01-01','2019-12-31'),(5,'Fleet',49.00,0.350,'2022-01-01',NULL);
INSERT INTO Drivers VALUES
(1,'Hannah Obermaier','hannah.o@post.example','+49 151 1','Augsburg','2018-06-02',3,NULL,0),(2,'Emre Yildiz','emre@yildiz.example','+49 151 2','Ulm','2018-09-15',2,1,0),
(3,'Clara Steiner','clara.steiner@post.example',NULL,'Bregenz','2019-01-20',1,1,0),(4,'Jan de Boer','jan@deboer.example','+31 6 44','Utrecht','2019-07-08',1,NULL,1),
(5,'Lieferblitz GmbH','fuhrpark@lieferblitz.example','+49 731 55','Ulm','2022-02-01',5,NULL,0),(6,'Sofia Marini','sofia.marini@mail.example',NULL,'Bolzano','2020-10-30',2,3,0),
(7,'Peter Hauser','p.hauser@mail.example','+43 660 7','Innsbruck','2021-03-12',3,3,0),(8,'Greta Lindholm','greta@lindholm.example','+46 70 8','Malmö','2022-08-25',1,NULL,0),
(9,'Max Brandner','max.brandner@post.example','+49 151 9','Augsburg','2023-05-05',2,2,0),(10,'Ayla Demir','ayla.demir@mail.example',NULL,'Ulm','2023-11-17',NULL,2,0),(11,'Tobias Falk','t.falk@post.example','+49 151 11','Mannheim','2019-02-14',1,1,1);
INSERT INTO Vehicles VALUES
(1,1,'Tesla','Model 3','A-HO 301',75),(2,2,'Renault','Zoe','UL-EY 22',52),(3,3,'Volkswagen','ID.4','BR-77CS',77),(4,4,'Nissan','Leaf','NL-82-XK',40),(5,5,'Mercedes','eVito','UL-LB 1',60),(6,5,'Mercedes','eVito','UL-LB 2',60),(7,5,'Renault','Kangoo','UL-LB 3',45),
(8,6,'Fiat','500e','BZ-410-FM',42),(9,7,'Tesla','Model Y','I-902PH',78.1),(10,8,'Polestar','2','SWE-55G',78),(11,9,'Volkswagen','ID.3','A-MB 909',58),(12,1,'Fiat','500e','A-HO 500',42),(13,11,'Nissan','Leaf','MA-TF 8',40);
INSERT INTO Sessions VALUES
(101,9,4,'2019-08-02 10:15','2019-08-02 11:05',28.4,16.76,'card',3),(102,3,1,'2019-09-14 17:30','2019-09-14 18:02',46.2,18.02,'app',5),(103,13,13,'2020-01-05 09:00','2020-01-05 10:10',31,18.29,'card',2),
(104,5,2,'2021-02-11 12:00','2021-02-11 14:30',33.5,16.42,'app',4),(105,10,9,'2021-07-24 08:40','2021-07-24 09:05',55.8,21.76,'app',5),(106,16,3,'2021-08-01 19:00','2021-08-02 06:30',61.3,36.17,'card',NULL),
(107,9,2,'2022-01-19 07:45','2022-01-19 08:30',24.9,12.2,'app',3),(108,11,8,'2022-04-16 13:10','2022-04-16 13:32',29.7,14.55,'app',NULL),(109,8,5,'2023-07-03 05:50','2023-07-03 06:25',44,15.4,'fleet card',NULL),
(110,8,6,'2023-07-03 06:30','2023-07-03 07:05',41.6,14.56,'fleet card',NULL),(111,14,11,'2023-07-20 08:00','2023-07-20 12:30',38.1,18.67,'app',4),(112,7,12,'2023-09-09 15:20','2023-09-09 15:58',26.3,10.26,'app',5),
(113,10,10,'2023-09-30 11:11','2023-09-30 11:40',58.9,34.75,'card',5),(114,3,1,'2024-01-08 18:05','2024-01-08 18:36',47.7,18.6,'app',4),(115,17,7,'2024-03-04 06:10','2024-03-04 06:50',32.2,11.27,'fleet card',NULL),
(116,18,2,'2024-03-15 16:45','2024-03-15 17:20',35,17.15,'app',2),(117,17,5,'2024-05-06 05:45','2024-05-06 06:31',48.8,17.08,'fleet card',NULL),(118,11,9,'2024-05-18 09:25','2024-05-18 09:52',60.4,23.56,'app',5),
(119,6,1,'2024-06-01 10:00',NULL,NULL,NULL,'app',NULL),(120,12,3,'2022-08-13 14:00','2022-08-13 14:41',52.5,30.98,'card',1),(121,11,10,'2024-06-21 20:15','2024-06-21 20:44',57.1,33.69,'card',4),(122,15,11,'2024-06-25 08:05','2024-06-25 11:55',40.3,19.75,'app',NULL);
