-- A festival: many-to-many, an optional reference, prices with currency, dates as dd/mm/yyyy, camel case plural names.
CREATE TABLE Venues (VenueId INTEGER PRIMARY KEY, VenueName TEXT, Capacity INTEGER, City TEXT, IsOutdoor INTEGER);
CREATE TABLE Performers (PerformerId INTEGER PRIMARY KEY, StageName TEXT, Genre TEXT, HomeCountry TEXT, FeeUsd REAL, AgencyId INTEGER REFERENCES Agencies(AgencyId));
CREATE TABLE Agencies (AgencyId INTEGER PRIMARY KEY, AgencyName TEXT, ContactEmail TEXT);
CREATE TABLE Shows (ShowId INTEGER PRIMARY KEY, Title TEXT, VenueId INTEGER REFERENCES Venues(VenueId), ShowDate TEXT, DurationMinutes INTEGER, TicketPrice REAL, Status TEXT);
CREATE TABLE ShowPerformers (ShowId INTEGER REFERENCES Shows(ShowId), PerformerId INTEGER REFERENCES Performers(PerformerId), SlotOrder INTEGER, PRIMARY KEY (ShowId, PerformerId));
CREATE TABLE Visitors (VisitorId INTEGER PRIMARY KEY, FullName TEXT, Email TEXT, BirthYear INTEGER, Country TEXT, Newsletter TEXT);
CREATE TABLE Tickets (TicketNo TEXT PRIMARY KEY, ShowId INTEGER REFERENCES Shows(ShowId), VisitorId INTEGER REFERENCES Visitors(VisitorId), SoldOn TEXT, PricePaid REAL, Channel TEXT, Refunded INTEGER);
INSERT INTO Venues VALUES (1,'Main Stage',5000,'Leipzig',1),(2,'Blue Tent',800,'Leipzig',1),(3,'Opera Hall',1200,'Dresden',0),(4,'Cellar Club',150,'Halle',0);
INSERT INTO Agencies VALUES (1,'Bright Booking','hello@bright.example'),(2,'Echo Artists','mail@echo.example');
INSERT INTO Performers VALUES (1,'Luna Verde','Folk','Spain',12000,1),(2,'The Rusty Pins','Rock','Ireland',30000,1),(3,'DJ Kobalt','Electronic','Germany',18000,2),(4,'Marta Silva','Jazz','Portugal',9000,NULL),(5,'Northlight','Folk','Norway',7500,2),(6,'Quartetto Sole','Classical','Italy',15000,NULL);
INSERT INTO Shows VALUES (1,'Opening Night',1,'05/07/2024',180,49.0,'held'),(2,'Folk Evening',2,'06/07/2024',120,29.5,'held'),(3,'Electro Marathon',1,'07/07/2024',300,39.0,'held'),(4,'Chamber Matinee',3,'13/07/2024',90,55.0,'cancelled'),(5,'Late Jazz',4,'14/08/2024',110,25.0,'held'),(6,'Winter Special',3,'20/12/2024',100,60.0,'planned');
INSERT INTO ShowPerformers VALUES (1,1,1),(1,2,2),(2,1,1),(2,5,2),(3,3,1),(4,6,1),(5,4,1);
INSERT INTO Visitors VALUES (1,'Anne Roth','anne@x.example',1990,'Germany','Y'),(2,'Bjorn Dahl','bjorn@x.example',1985,'Norway','N'),(3,'Chloe Petit','chloe@x.example',2001,'France','Y'),(4,'Dan Brown',NULL,1972,'Ireland','N'),(5,'Eva Lind','eva@x.example',1999,'Germany','N');
INSERT INTO Tickets VALUES ('T1',1,1,'01/06/2024',49.0,'web',0),('T2',1,2,'02/06/2024',49.0,'web',0),('T3',1,3,'20/06/2024',44.1,'partner',1),('T4',2,1,'21/06/2024',29.5,'web',0),('T5',3,3,'01/07/2024',39.0,'desk',0),('T6',3,1,'07/07/2024',39.0,'desk',0),('T7',4,2,'01/07/2024',55.0,'web',1),('T8',5,4,'10/08/2024',25.0,'desk',0),('T9',5,1,'14/08/2024',20.0,'partner',0);
