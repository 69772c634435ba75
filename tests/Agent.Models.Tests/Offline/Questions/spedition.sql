-- A haulier with German names, compound words, one composite key, ISO dates as text.
CREATE TABLE Kunde (KundenNr INTEGER PRIMARY KEY, Firmenname TEXT NOT NULL, Ort TEXT, Land TEXT);
CREATE TABLE Fahrer (FahrerNr INTEGER PRIMARY KEY, Vorname TEXT, Nachname TEXT, Einstellungsdatum TEXT, Gehalt REAL);
CREATE TABLE Fahrzeug (Kennzeichen TEXT PRIMARY KEY, Typ TEXT, Baujahr INTEGER, Nutzlast_kg INTEGER);
CREATE TABLE Lager (LagerNr INTEGER PRIMARY KEY, Bezeichnung TEXT, Ort TEXT, Kapazitaet INTEGER);
CREATE TABLE Sendung (SendungsNr INTEGER PRIMARY KEY, KundenNr INTEGER REFERENCES Kunde(KundenNr), StartLagerNr INTEGER REFERENCES Lager(LagerNr), ZielLagerNr INTEGER REFERENCES Lager(LagerNr), FahrerNr INTEGER, Kennzeichen TEXT, Versanddatum TEXT, Gewicht_kg REAL, Preis REAL, Status TEXT);
CREATE TABLE Position (SendungsNr INTEGER, PosNr INTEGER, Artikel TEXT, Menge INTEGER, PRIMARY KEY (SendungsNr, PosNr));
INSERT INTO Kunde VALUES (1,'Alpha GmbH','Berlin','Deutschland'),(2,'Beta AG','Wien','Österreich'),(3,'Gamma KG','Köln','Deutschland'),(4,'Delta SA','Genf','Schweiz'),(5,'Epsilon OHG','Bonn','Deutschland');
INSERT INTO Fahrer VALUES (1,'Jonas','Weber','2015-03-01',3100),(2,'Lea','Fischer','2019-08-15',2950.5),(3,'Murat','Demir','2021-01-10',2800);
INSERT INTO Fahrzeug VALUES ('B-AB 12','LKW',2018,12000),('B-CD 34','Transporter',2021,1500),('K-EF 56','LKW',2016,18000);
INSERT INTO Lager VALUES (1,'Nordlager','Hamburg',5000),(2,'Suedlager','München',8000),(3,'Westlager','Köln',3000);
INSERT INTO Sendung VALUES (1,1,1,2,1,'B-AB 12','2023-11-02',800.5,420.0,'zugestellt'),(2,1,1,3,2,'B-CD 34','2024-01-15',120,95.5,'zugestellt'),(3,2,2,1,1,'K-EF 56','2024-02-20',5400,1310.0,'zugestellt'),(4,3,3,1,3,'K-EF 56','2024-03-05',2500,640.0,'unterwegs'),(5,4,2,3,1,'B-AB 12','2024-03-18',950,505.25,'unterwegs'),(6,1,3,2,2,'B-CD 34','2024-05-01',300,180.0,'geplant');
INSERT INTO Position VALUES (1,1,'Schrauben',200),(1,2,'Bleche',15),(2,1,'Kabel',40),(3,1,'Motoren',6),(4,1,'Bleche',80),(5,1,'Schrauben',500),(5,2,'Kabel',25),(6,1,'Pumpen',4);
