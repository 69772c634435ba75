-- Weather stations: regions, stations, instruments, daily measurements with units in names, maintenance by people.
CREATE TABLE region (region_id INTEGER PRIMARY KEY, region_name TEXT NOT NULL, population INTEGER);
CREATE TABLE station (station_id INTEGER PRIMARY KEY, station_name TEXT NOT NULL, region_id INTEGER NOT NULL REFERENCES region(region_id), altitude_m INTEGER, commissioned TEXT, status TEXT);
CREATE TABLE measurement (measurement_id INTEGER PRIMARY KEY, station_id INTEGER NOT NULL REFERENCES station(station_id), day TEXT, max_temp_c REAL, min_temp_c REAL, rainfall_mm REAL, wind_kmh REAL);
CREATE TABLE engineer (engineer_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, certified INTEGER, hired_on TEXT);
CREATE TABLE maintenance (maintenance_id INTEGER PRIMARY KEY, station_id INTEGER REFERENCES station(station_id), engineer_id INTEGER REFERENCES engineer(engineer_id), visit_date TEXT, hours REAL, cost_eur REAL, notes TEXT);
INSERT INTO region VALUES (1,'Coast',210000),(2,'Highlands',38000),(3,'Valley',99000),(4,'Islands',4100);
INSERT INTO station VALUES (1,'Pier',1,3,'1999-05-01','active'),(2,'Lighthouse',1,41,'2005-08-20','active'),(3,'Summit',2,1840,'1978-10-10','active'),(4,'Pass',2,1210,'2016-06-06','offline'),(5,'Mill',3,220,'2021-02-28','active');
INSERT INTO measurement VALUES (1,1,'2024-07-01',24.5,15.0,0,22),(2,1,'2024-07-02',26.1,16.2,1.5,18),(3,2,'2024-07-01',23.0,14.8,0.2,35),(4,3,'2024-07-01',11.2,2.1,12.0,70),(5,3,'2024-12-24',-4.0,-15.5,0,95),(6,5,'2024-07-01',30.4,17.9,0,8),(7,5,'2023-07-01',28.8,16.0,4.4,12),(8,2,'2023-11-11',9.5,4.0,33.0,88);
INSERT INTO engineer VALUES (1,'Abe','Lund',1,'2010-01-01'),(2,'Bea','Moor',0,'2019-09-01'),(3,'Cal','Nash',1,'2023-03-15');
INSERT INTO maintenance VALUES (1,3,1,'2024-06-20',6.5,900,'heater'),(2,3,2,'2023-09-10',3,350,NULL),(3,4,1,'2024-08-01',8,1500,'mast'),(4,1,2,'2024-01-15',1.5,120,NULL),(5,2,2,'2024-05-05',2,180,'sensor');
