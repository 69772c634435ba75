-- A chain of cinemas: films, people with roles in a bridge, screenings, tickets, a genre bridge.
CREATE TABLE Film (FilmId INTEGER PRIMARY KEY, Title TEXT, ReleaseYear INTEGER, RuntimeMin INTEGER, Language TEXT, AgeRating TEXT, Budget REAL);
CREATE TABLE Person (PersonId INTEGER PRIMARY KEY, FullName TEXT, Nationality TEXT, BirthDate TEXT);
CREATE TABLE FilmPerson (FilmId INTEGER REFERENCES Film(FilmId), PersonId INTEGER REFERENCES Person(PersonId), Role TEXT, PRIMARY KEY (FilmId, PersonId, Role));
CREATE TABLE Genre (GenreId INTEGER PRIMARY KEY, GenreName TEXT);
CREATE TABLE FilmGenre (FilmId INTEGER REFERENCES Film(FilmId), GenreId INTEGER REFERENCES Genre(GenreId), PRIMARY KEY (FilmId, GenreId));
CREATE TABLE Cinema (CinemaId INTEGER PRIMARY KEY, CinemaName TEXT, City TEXT, Screens INTEGER);
CREATE TABLE Screening (ScreeningId INTEGER PRIMARY KEY, FilmId INTEGER REFERENCES Film(FilmId), CinemaId INTEGER REFERENCES Cinema(CinemaId), StartsAt TEXT, TicketPrice REAL, TicketsSold INTEGER);
INSERT INTO Film VALUES (1,'Silent Harbour',2019,118,'English','12',8000000),(2,'Der Turm',2021,134,'German','16',3500000),(3,'La Playa',2021,95,'Spanish','6',1200000),(4,'Night Train',2023,142,'English','16',15000000),(5,'Paper Moon',2016,88,'English',NULL,NULL);
INSERT INTO Person VALUES (1,'Ada North','British','1970-02-02'),(2,'Bruno Falk','German','1982-05-17'),(3,'Carmen Ruiz','Spanish','1990-09-09'),(4,'Dev Patelson','British','1988-12-01');
INSERT INTO FilmPerson VALUES (1,1,'director'),(1,4,'actor'),(2,2,'director'),(2,2,'actor'),(3,3,'director'),(4,1,'director'),(4,3,'actor'),(4,4,'actor');
INSERT INTO Genre VALUES (1,'Drama'),(2,'Thriller'),(3,'Comedy'),(4,'Western');
INSERT INTO FilmGenre VALUES (1,1),(2,1),(2,2),(3,3),(4,2);
INSERT INTO Cinema VALUES (1,'Rex','Bonn',5),(2,'Lux','Bonn',2),(3,'Odeon','Trier',8);
INSERT INTO Screening VALUES (1,1,1,'2024-01-05 20:00',11.5,120),(2,4,1,'2024-01-06 21:00',13,210),(3,4,3,'2024-01-06 20:30',12,300),(4,2,3,'2024-02-10 18:00',9.5,80),(5,3,2,'2024-02-11 16:00',8,45),(6,4,2,'2024-03-01 20:00',12,60),(7,1,3,'2023-12-27 20:00',10,150);
