-- A university: faculties, lecturers, modules with prerequisites, students enrolled with marks, theses with two examiners, rooms and timetable.
CREATE TABLE faculties (faculty_id INTEGER PRIMARY KEY, faculty_name TEXT, dean_id INTEGER REFERENCES lecturers(lecturer_id), budget NUMERIC);
CREATE TABLE lecturers (lecturer_id INTEGER PRIMARY KEY, given_name TEXT, surname TEXT, faculty_id INTEGER REFERENCES faculties(faculty_id), rank TEXT, hired_on TEXT, monthly_salary NUMERIC, office TEXT);
CREATE TABLE modules (module_code TEXT PRIMARY KEY, module_title TEXT, credits INTEGER, semester TEXT, lecturer_id INTEGER REFERENCES lecturers(lecturer_id), max_students INTEGER, mandatory INTEGER);
CREATE TABLE students (student_no INTEGER PRIMARY KEY, given_name TEXT, surname TEXT, home_town TEXT, programme TEXT, enrolled_on TEXT, graduated_on TEXT, scholarship INTEGER);
CREATE TABLE enrolments (student_no INTEGER REFERENCES students(student_no), module_code TEXT REFERENCES modules(module_code), mark NUMERIC, attempt INTEGER, PRIMARY KEY (student_no, module_code));
CREATE TABLE theses (thesis_id INTEGER PRIMARY KEY, student_no INTEGER REFERENCES students(student_no), title TEXT, first_examiner_id INTEGER REFERENCES lecturers(lecturer_id), second_examiner_id INTEGER REFERENCES lecturers(lecturer_id), submitted_on TEXT, grade NUMERIC, pages INTEGER);
CREATE TABLE tutors (student_no INTEGER REFERENCES students(student_no), module_code TEXT REFERENCES modules(module_code), hours_per_week NUMERIC, PRIMARY KEY (student_no, module_code));
INSERT INTO faculties VALUES (1,'Engineering',NULL,4200000),(2,'Arts',NULL,1300000),(3,'Law',NULL,1900000);
INSERT INTO lecturers VALUES (1,'Greta','Holm',1,'professor','2005-10-01',7100,'E-12'),(2,'Emil','Santos',1,'lecturer','2018-04-01',4800,'E-14'),(3,'Noor','Haddad',2,'professor','2011-10-01',6900,'A-3'),(4,'Rob','Finch',2,'assistant','2022-02-15',3600,NULL),(5,'Iva','Petrova',3,'lecturer','2016-10-01',5000,'L-1');
INSERT INTO modules VALUES ('ENG101','Statics',6,'winter',1,120,1),('ENG205','Robotics',5,'summer',2,40,0),('ART110','Colour theory',4,'winter',3,30,1),('ART220','Printmaking',3,'summer',4,12,0),('LAW100','Contract law',8,'winter',5,200,1),('ENG310','Materials',6,'winter',NULL,60,0);
INSERT INTO students VALUES (1001,'Pia','Keller','Basel','Engineering','2021-09-15',NULL,1),(1002,'Owen','Byrd','Bristol','Engineering','2022-09-15',NULL,0),(1003,'Lea','Moreau','Nantes','Arts','2020-09-15','2023-07-10',0),(1004,'Tariq','Aziz','Basel','Law','2022-09-15',NULL,1),(1005,'Zoe','Kim','Seoul','Arts','2023-09-15',NULL,0),(1006,'Max','Ritter','Graz','Law','2019-09-15','2023-02-28',0);
INSERT INTO enrolments VALUES (1001,'ENG101',1.3,1),(1001,'ENG205',2.0,1),(1002,'ENG101',4.0,2),(1003,'ART110',1.7,1),(1003,'ART220',2.3,1),(1004,'LAW100',2.7,1),(1005,'ART110',NULL,1),(1006,'LAW100',3.3,2),(1001,'LAW100',NULL,1);
INSERT INTO theses VALUES (1,1003,'Woodcuts of the North',3,4,'2023-06-01',1.5,84),(2,1006,'Liability in shared mobility',5,1,'2022-12-20',2.1,112),(3,1001,'Grippers for soft fruit',2,1,NULL,NULL,NULL);
INSERT INTO tutors VALUES (1001,'ENG101',4),(1003,'ART110',2),(1002,'ENG205',3);
UPDATE faculties SET dean_id = 1 WHERE faculty_id = 1;
UPDATE faculties SET dean_id = 3 WHERE faculty_id = 2;
