-- An animal clinic: owners and pets, visits with vets and treatments, nullable references, prices in cents, mixed case.
CREATE TABLE Owner (OwnerID INTEGER PRIMARY KEY, Surname TEXT, GivenName TEXT, Town TEXT, RegisteredOn TEXT);
CREATE TABLE Pet (PetID INTEGER PRIMARY KEY, PetName TEXT, Species TEXT, Breed TEXT, DateOfBirth TEXT, WeightKg REAL, OwnerID INTEGER REFERENCES Owner(OwnerID), Neutered INTEGER);
CREATE TABLE Vet (VetID INTEGER PRIMARY KEY, Surname TEXT, GivenName TEXT, Speciality TEXT, SupervisorID INTEGER REFERENCES Vet(VetID));
CREATE TABLE Visit (VisitID INTEGER PRIMARY KEY, PetID INTEGER NOT NULL REFERENCES Pet(PetID), VetID INTEGER REFERENCES Vet(VetID), VisitDate TEXT, Reason TEXT, PaidOn TEXT);
CREATE TABLE Treatment (TreatmentCode TEXT PRIMARY KEY, Description TEXT, PriceCents INTEGER);
CREATE TABLE VisitTreatment (VisitID INTEGER REFERENCES Visit(VisitID), TreatmentCode TEXT REFERENCES Treatment(TreatmentCode), Units INTEGER, PRIMARY KEY (VisitID, TreatmentCode));
INSERT INTO Owner VALUES (1,'Moss','Alan','Bath','2019-03-01'),(2,'Reid','Beth','Wells','2020-06-15'),(3,'Tate','Carl','Bath','2021-09-09'),(4,'Usher','Dora',NULL,'2023-01-20');
INSERT INTO Pet VALUES (1,'Rex','dog','Beagle','2018-05-01',12.5,1,1),(2,'Tom','cat','Siamese','2020-02-11',4.2,1,0),(3,'Bella','dog','Labrador','2016-10-30',29.0,2,1),(4,'Kiwi','parrot',NULL,'2021-07-07',0.4,3,0),(5,'Nala','cat','Persian','2022-12-25',3.8,2,1),(6,'Stray','cat',NULL,NULL,3.1,NULL,0);
INSERT INTO Vet VALUES (1,'Hart','Emma','surgery',NULL),(2,'Cole','Finn','dentistry',1),(3,'Shaw','Gina','surgery',1),(4,'Bell','Hugh',NULL,3);
INSERT INTO Visit VALUES (1,1,1,'2024-01-10','limping','2024-01-10'),(2,1,2,'2024-02-14','dental check',NULL),(3,3,1,'2024-02-20','surgery','2024-03-01'),(4,2,3,'2023-11-02','vaccination','2023-11-02'),(5,5,2,'2024-03-05','dental check','2024-03-06'),(6,4,NULL,'2024-03-08','checkup',NULL),(7,3,3,'2024-05-17','vaccination','2024-05-17'),(8,1,1,'2023-06-30','vaccination','2023-07-04');
INSERT INTO Treatment VALUES ('XR','X-ray',8500),('VAC','Vaccine',3200),('CLN','Teeth cleaning',6000),('OP','Operation',42000),('BND','Bandage',900);
INSERT INTO VisitTreatment VALUES (1,'XR',1),(1,'BND',2),(2,'CLN',1),(3,'OP',1),(3,'BND',3),(4,'VAC',1),(5,'CLN',1),(7,'VAC',2),(8,'VAC',1);
