-- Driving school with several branches
CREATE TABLE branch (
  branch_code TEXT PRIMARY KEY,
  branch_name TEXT NOT NULL,
  street TEXT NOT NULL,
  town TEXT NOT NULL,
  phone TEXT,
  opened_on DATE NOT NULL
);
CREATE TABLE licence_category (
  category_code TEXT PRIMARY KEY,
  description TEXT NOT NULL,
  min_age INTEGER NOT NULL,
  required_lessons INTEGER NOT NULL
);
CREATE TABLE instructor (
  instructor_id INTEGER PRIMARY KEY,
  staff_no TEXT NOT NULL UNIQUE,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  branch_code TEXT NOT NULL REFERENCES branch(branch_code),
  employment_type TEXT NOT NULL CHECK (employment_type IN ('full-time','part-time','freelance')),
  hired_on DATE NOT NULL,
  left_on DATE,
  hourly_rate NUMERIC(6,2) NOT NULL
);
CREATE TABLE instructor_category (
  instructor_id INTEGER NOT NULL REFERENCES instructor(instructor_id),
  category_code TEXT NOT NULL REFERENCES licence_category(category_code),
  authorised_on DATE NOT NULL,
  permit_level TEXT NOT NULL CHECK (permit_level IN ('provisional','full','senior')),
  PRIMARY KEY (instructor_id, category_code)
);
CREATE TABLE vehicle (
  plate TEXT PRIMARY KEY,
  make TEXT NOT NULL,
  model TEXT NOT NULL,
  category_code TEXT NOT NULL REFERENCES licence_category(category_code),
  branch_code TEXT NOT NULL REFERENCES branch(branch_code),
  transmission TEXT NOT NULL CHECK (transmission IN ('manual','automatic')),
  fuel TEXT NOT NULL CHECK (fuel IN ('petrol','diesel','electric')),
  year_built INTEGER NOT NULL,
  mileage_km INTEGER NOT NULL,
  retired_on DATE
);
CREATE TABLE learner (
  learner_id INTEGER PRIMARY KEY,
  learner_no TEXT NOT NULL UNIQUE,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  birth_date DATE NOT NULL,
  town TEXT NOT NULL,
  phone TEXT,
  email TEXT,
  registered_on DATE NOT NULL,
  branch_code TEXT NOT NULL REFERENCES branch(branch_code),
  category_code TEXT NOT NULL REFERENCES licence_category(category_code),
  theory_instructor_id INTEGER NOT NULL REFERENCES instructor(instructor_id),
  road_instructor_id INTEGER REFERENCES instructor(instructor_id)
);
CREATE TABLE lesson (
  lesson_id INTEGER PRIMARY KEY,
  learner_id INTEGER NOT NULL REFERENCES learner(learner_id),
  instructor_id INTEGER NOT NULL REFERENCES instructor(instructor_id),
  plate TEXT NOT NULL REFERENCES vehicle(plate),
  lesson_date DATE NOT NULL,
  start_time TEXT NOT NULL,
  duration_min INTEGER NOT NULL,
  lesson_type TEXT NOT NULL CHECK (lesson_type IN ('city','motorway','night','manoeuvres')),
  status TEXT NOT NULL CHECK (status IN ('held','cancelled','no-show')),
  price NUMERIC(6,2) NOT NULL
);
CREATE TABLE exam (
  exam_id INTEGER PRIMARY KEY,
  learner_id INTEGER NOT NULL REFERENCES learner(learner_id),
  exam_kind TEXT NOT NULL CHECK (exam_kind IN ('theory','practical')),
  exam_date DATE NOT NULL,
  examiner_name TEXT NOT NULL,
  result TEXT CHECK (result IN ('pass','fail')),
  error_points INTEGER,
  fee NUMERIC(6,2) NOT NULL
);
CREATE TABLE payment (
  receipt_no TEXT PRIMARY KEY,
  learner_id INTEGER NOT NULL REFERENCES learner(learner_id),
  paid_on DATE NOT NULL,
  amount NUMERIC(8,2) NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('cash','card','transfer'))
);

INSERT INTO branch VALUES ('NOR', 'Northgate', '12 Mill Lane', 'Ashford', '01632 960101', '2009-03-02');
INSERT INTO branch VALUES ('STA', 'Station Square', '4 Station Square', 'Ashford', '01632 960102', '2014-09-15');
INSERT INTO branch VALUES ('RIV', 'Riverside', '88 Quay Street', 'Brenham', '01632 960215', '2011-06-01');
INSERT INTO branch VALUES ('PAR', 'Parkview', '31 Park Avenue', 'Colwick', '01632 960377', '2018-01-08');
INSERT INTO branch VALUES ('HIL', 'Hilltop', '7 Chapel Hill', 'Denby', NULL, '2022-10-03');

INSERT INTO licence_category VALUES ('B', 'Passenger car', 17, 20);
INSERT INTO licence_category VALUES ('BE', 'Car with heavy trailer', 18, 8);
INSERT INTO licence_category VALUES ('AM', 'Moped', 16, 8);
INSERT INTO licence_category VALUES ('A1', 'Light motorcycle', 16, 12);
INSERT INTO licence_category VALUES ('A', 'Motorcycle', 24, 14);
INSERT INTO licence_category VALUES ('C', 'Truck', 18, 25);
INSERT INTO licence_category VALUES ('D', 'Bus', 21, 30);

INSERT INTO instructor VALUES (1, 'S101', 'Olivia', 'Marsh', 'NOR', 'full-time', '2012-04-16', NULL, 38.5);
INSERT INTO instructor VALUES (2, 'S108', 'Graham', 'Tully', 'NOR', 'full-time', '2009-03-02', NULL, 41);
INSERT INTO instructor VALUES (3, 'S115', 'Priya', 'Nair', 'NOR', 'part-time', '2019-02-11', NULL, 34);
INSERT INTO instructor VALUES (4, 'S122', 'Derek', 'Holt', 'STA', 'full-time', '2014-09-15', NULL, 39);
INSERT INTO instructor VALUES (5, 'S129', 'Sofia', 'Lindqvist', 'STA', 'part-time', '2020-08-03', NULL, 33.5);
INSERT INTO instructor VALUES (6, 'S136', 'Marcus', 'Bell', 'STA', 'freelance', '2021-05-17', NULL, 44);
INSERT INTO instructor VALUES (7, 'S143', 'Hannah', 'Okoye', 'RIV', 'full-time', '2015-01-12', NULL, 37.5);
INSERT INTO instructor VALUES (8, 'S150', 'Tom', 'Fenwick', 'RIV', 'full-time', '2011-06-01', NULL, 40);
INSERT INTO instructor VALUES (9, 'S157', 'Elena', 'Duarte', 'RIV', 'part-time', '2022-03-21', '2024-04-30', 32.5);
INSERT INTO instructor VALUES (10, 'S164', 'Victor', 'Strand', 'PAR', 'full-time', '2018-01-08', NULL, 36);
INSERT INTO instructor VALUES (11, 'S171', 'Ruth', 'Calder', 'PAR', 'part-time', '2021-09-06', NULL, 33);
INSERT INTO instructor VALUES (12, 'S178', 'Nadia', 'Petrov', 'PAR', 'freelance', '2023-02-13', NULL, 45.5);
INSERT INTO instructor VALUES (13, 'S185', 'Callum', 'Reid', 'HIL', 'full-time', '2022-10-03', NULL, 35);
INSERT INTO instructor VALUES (14, 'S192', 'Joyce', 'Amadi', 'HIL', 'part-time', '2023-06-19', NULL, 31.5);
INSERT INTO instructor VALUES (15, 'S199', 'Brian', 'Whitlock', 'NOR', 'freelance', '2016-11-07', '2023-12-31', 43);
INSERT INTO instructor VALUES (16, 'S206', 'Ingrid', 'Solberg', 'HIL', 'freelance', '2024-09-02', NULL, 42);

INSERT INTO instructor_category VALUES (1, 'B', '2012-07-13', 'senior');
INSERT INTO instructor_category VALUES (1, 'BE', '2013-06-26', 'full');
INSERT INTO instructor_category VALUES (2, 'B', '2009-05-05', 'senior');
INSERT INTO instructor_category VALUES (2, 'C', '2010-05-16', 'full');
INSERT INTO instructor_category VALUES (2, 'D', '2010-07-11', 'provisional');
INSERT INTO instructor_category VALUES (3, 'B', '2019-04-09', 'full');
INSERT INTO instructor_category VALUES (3, 'AM', '2019-11-28', 'full');
INSERT INTO instructor_category VALUES (4, 'B', '2014-11-29', 'senior');
INSERT INTO instructor_category VALUES (4, 'A', '2015-06-01', 'full');
INSERT INTO instructor_category VALUES (4, 'A1', '2016-03-27', 'provisional');
INSERT INTO instructor_category VALUES (5, 'B', '2020-09-07', 'full');
INSERT INTO instructor_category VALUES (6, 'A', '2021-07-22', 'full');
INSERT INTO instructor_category VALUES (6, 'A1', '2022-10-17', 'full');
INSERT INTO instructor_category VALUES (6, 'AM', '2022-12-27', 'provisional');
INSERT INTO instructor_category VALUES (7, 'B', '2015-04-10', 'full');
INSERT INTO instructor_category VALUES (7, 'BE', '2015-12-14', 'full');
INSERT INTO instructor_category VALUES (8, 'B', '2011-08-11', 'senior');
INSERT INTO instructor_category VALUES (8, 'C', '2012-10-12', 'full');
INSERT INTO instructor_category VALUES (9, 'B', '2022-06-07', 'full');
INSERT INTO instructor_category VALUES (10, 'B', '2018-02-15', 'full');
INSERT INTO instructor_category VALUES (10, 'A', '2019-05-20', 'full');
INSERT INTO instructor_category VALUES (11, 'B', '2021-11-05', 'full');
INSERT INTO instructor_category VALUES (11, 'AM', '2022-08-09', 'full');
INSERT INTO instructor_category VALUES (12, 'C', '2023-04-22', 'provisional');
INSERT INTO instructor_category VALUES (12, 'BE', '2024-04-29', 'provisional');
INSERT INTO instructor_category VALUES (13, 'B', '2022-11-16', 'full');
INSERT INTO instructor_category VALUES (13, 'A1', '2023-12-29', 'full');
INSERT INTO instructor_category VALUES (14, 'B', '2023-07-30', 'provisional');
INSERT INTO instructor_category VALUES (15, 'C', '2016-12-22', 'full');
INSERT INTO instructor_category VALUES (16, 'B', '2024-10-05', 'provisional');

INSERT INTO vehicle VALUES ('AK21 VBD', 'Toyota', 'Yaris', 'B', 'NOR', 'manual', 'petrol', 2021, 48210, NULL);
INSERT INTO vehicle VALUES ('AK22 LMN', 'Toyota', 'Corolla', 'B', 'NOR', 'automatic', 'petrol', 2022, 35140, NULL);
INSERT INTO vehicle VALUES ('BD19 RTS', 'Volkswagen', 'Golf', 'B', 'NOR', 'manual', 'diesel', 2019, 97320, '2024-06-30');
INSERT INTO vehicle VALUES ('BD20 KPL', 'MAN', 'TGM', 'C', 'NOR', 'manual', 'diesel', 2020, 64080, NULL);
INSERT INTO vehicle VALUES ('CE18 HJK', 'Mercedes', 'Tourismo', 'D', 'NOR', 'automatic', 'diesel', 2018, 151400, NULL);
INSERT INTO vehicle VALUES ('CE22 AAB', 'Piaggio', 'Liberty 50', 'AM', 'NOR', 'automatic', 'petrol', 2022, 5120, NULL);
INSERT INTO vehicle VALUES ('DF23 EVA', 'Renault', 'Zoe', 'B', 'STA', 'automatic', 'electric', 2023, 21870, NULL);
INSERT INTO vehicle VALUES ('DF20 QWE', 'Ford', 'Fiesta', 'B', 'STA', 'manual', 'petrol', 2020, 71550, NULL);
INSERT INTO vehicle VALUES ('EG21 MTB', 'Yamaha', 'MT-07', 'A', 'STA', 'manual', 'petrol', 2021, 18230, NULL);
INSERT INTO vehicle VALUES ('EG22 HON', 'Honda', 'CB125F', 'A1', 'STA', 'manual', 'petrol', 2022, 9640, NULL);
INSERT INTO vehicle VALUES ('FH19 PEU', 'Peugeot', '208', 'B', 'RIV', 'manual', 'petrol', 2019, 88910, NULL);
INSERT INTO vehicle VALUES ('FH22 SKO', 'Skoda', 'Fabia', 'B', 'RIV', 'manual', 'petrol', 2022, 40260, NULL);
INSERT INTO vehicle VALUES ('GJ20 VOL', 'Volvo', 'FL', 'C', 'RIV', 'automatic', 'diesel', 2020, 59730, NULL);
INSERT INTO vehicle VALUES ('GJ17 FOC', 'Ford', 'Focus', 'B', 'RIV', 'manual', 'diesel', 2017, 132600, '2023-09-15');
INSERT INTO vehicle VALUES ('HK23 MGE', 'MG', 'MG4', 'B', 'PAR', 'automatic', 'electric', 2023, 17440, NULL);
INSERT INTO vehicle VALUES ('HK21 SEA', 'Seat', 'Ibiza', 'B', 'PAR', 'manual', 'petrol', 2021, 52380, NULL);
INSERT INTO vehicle VALUES ('JL20 KAW', 'Kawasaki', 'Z650', 'A', 'PAR', 'manual', 'petrol', 2020, 22110, NULL);
INSERT INTO vehicle VALUES ('JL24 NIS', 'Nissan', 'Leaf', 'B', 'HIL', 'automatic', 'electric', 2024, 6980, NULL);
INSERT INTO vehicle VALUES ('KM22 TOY', 'Toyota', 'Aygo', 'B', 'HIL', 'manual', 'petrol', 2022, 33670, NULL);
INSERT INTO vehicle VALUES ('KM23 HND', 'Honda', 'CB125F', 'A1', 'HIL', 'manual', 'petrol', 2023, 4870, NULL);
INSERT INTO vehicle VALUES ('LN19 LRD', 'Land Rover', 'Defender', 'BE', 'RIV', 'manual', 'diesel', 2019, 69950, NULL);
INSERT INTO vehicle VALUES ('LN18 SCN', 'Scania', 'P280', 'C', 'PAR', 'manual', 'diesel', 2018, 110300, NULL);

INSERT INTO learner VALUES (1, 'L22-001', 'Martha', 'Wheeler', '1989-10-14', 'Ashford', '07700 956126', 'martha.wheeler@inbox.example', '2022-09-04', 'NOR', 'BE', 1, 1);
INSERT INTO learner VALUES (2, 'L22-002', 'Erin', 'Zielinski', '2003-05-10', 'Ashford', '07700 907783', 'erin.zielinski@inbox.example', '2022-09-06', 'NOR', 'B', 2, 2);
INSERT INTO learner VALUES (3, 'L22-003', 'Kofi', 'Hussain', '1997-03-15', 'Elmstead', '07700 902623', 'kofi.hussain@post.example', '2022-09-16', 'PAR', 'B', 10, NULL);
INSERT INTO learner VALUES (4, 'L22-004', 'Jonas', 'Ellis', '1997-03-15', 'Elmstead', '07700 903183', 'jonas.ellis@inbox.example', '2022-10-01', 'NOR', 'B', 1, 3);
INSERT INTO learner VALUES (5, 'L22-005', 'Chloe', 'Yates', '2003-07-25', 'Fairlow', '07700 939013', 'chloe.yates@inbox.example', '2022-10-17', 'RIV', 'BE', 9, 7);
INSERT INTO learner VALUES (6, 'L22-006', 'Martha', 'Sutton', '2004-02-26', 'Brenham', '07700 944480', NULL, '2022-11-01', 'RIV', 'B', 8, 7);
INSERT INTO learner VALUES (7, 'L22-007', 'Dylan', 'Eriksen', '2005-02-25', 'Elmstead', '07700 977709', 'dylan.eriksen@mailbox.example', '2022-11-03', 'NOR', 'B', 1, 3);
INSERT INTO learner VALUES (8, 'L22-008', 'Poppy', 'Moreno', '2003-05-13', 'Ashford', '07700 913067', 'poppy.moreno@inbox.example', '2022-11-05', 'NOR', 'C', 15, 15);
INSERT INTO learner VALUES (9, 'L22-009', 'Theo', 'Gallagher', '2000-02-13', 'Elmstead', '07700 901810', 'theo.gallagher@post.example', '2022-11-24', 'NOR', 'D', 15, 2);
INSERT INTO learner VALUES (10, 'L22-010', 'Martha', 'Underhill', '1991-05-14', 'Brenham', '07700 908881', 'martha.underhill@mailbox.example', '2022-11-30', 'RIV', 'B', 8, 8);
INSERT INTO learner VALUES (11, 'L22-011', 'Theo', 'Vance', '1991-10-05', 'Ashford', '07700 990341', 'theo.vance@mailbox.example', '2022-12-14', 'NOR', 'B', 15, 2);
INSERT INTO learner VALUES (12, 'L22-012', 'Lucy', 'Sutton', '2005-07-09', 'Ashford', '07700 925154', 'lucy.sutton@inbox.example', '2022-12-16', 'STA', 'B', 5, 5);
INSERT INTO learner VALUES (13, 'L22-013', 'Dylan', 'Farrow', '2002-02-08', 'Denby', '07700 906062', 'dylan.farrow@inbox.example', '2022-12-18', 'HIL', 'B', 13, 13);
INSERT INTO learner VALUES (14, 'L22-014', 'Tessa', 'Zielinski', '2004-11-11', 'Colwick', '07700 924651', 'tessa.zielinski@post.example', '2022-12-21', 'PAR', 'B', 10, NULL);
INSERT INTO learner VALUES (15, 'L22-015', 'Ravi', 'Ibbotson', '1983-08-31', 'Elmstead', '07700 951533', 'ravi.ibbotson@inbox.example', '2022-12-27', 'NOR', 'B', 3, 2);
INSERT INTO learner VALUES (16, 'L23-016', 'Daniel', 'Quinn', '2004-08-22', 'Garth', '07700 981515', 'daniel.quinn@inbox.example', '2023-01-01', 'HIL', 'B', 13, 13);
INSERT INTO learner VALUES (17, 'L23-017', 'Amelia', 'Ibbotson', '1983-06-20', 'Elmstead', '07700 972265', 'amelia.ibbotson@inbox.example', '2023-01-01', 'NOR', 'B', 1, 3);
INSERT INTO learner VALUES (18, 'L23-018', 'Poppy', 'Gallagher', '1991-03-26', 'Fairlow', '07700 962383', 'poppy.gallagher@inbox.example', '2023-01-13', 'RIV', 'B', 9, 7);
INSERT INTO learner VALUES (19, 'L23-019', 'Isla', 'Hussain', '2005-10-01', 'Ashford', '07700 939520', 'isla.hussain@inbox.example', '2023-01-15', 'NOR', 'B', 1, 1);
INSERT INTO learner VALUES (20, 'L23-020', 'Nina', 'Cole', '2004-04-02', 'Garth', '07700 914868', 'nina.cole@post.example', '2023-01-15', 'HIL', 'B', 13, 13);
INSERT INTO learner VALUES (21, 'L23-021', 'Dylan', 'Yates', '2003-11-27', 'Elmstead', '07700 908131', 'dylan.yates@mailbox.example', '2023-01-16', 'NOR', 'B', 2, 3);
INSERT INTO learner VALUES (22, 'L23-022', 'Amelia', 'Sutton', '1999-06-08', 'Elmstead', '07700 955578', 'amelia.sutton@mailbox.example', '2023-01-16', 'NOR', 'BE', 1, 1);
INSERT INTO learner VALUES (23, 'L23-023', 'Aisha', 'Sutton', '2002-05-01', 'Brenham', '07700 908139', 'aisha.sutton@post.example', '2023-01-21', 'RIV', 'B', 7, 8);
INSERT INTO learner VALUES (24, 'L23-024', 'Nina', 'Ibbotson', '2004-08-01', 'Denby', '07700 999002', 'nina.ibbotson@mailbox.example', '2023-01-25', 'HIL', 'B', 13, 13);
INSERT INTO learner VALUES (25, 'L23-025', 'Freya', 'Barker', '2002-12-26', 'Ashford', '07700 968420', NULL, '2023-02-02', 'NOR', 'B', 1, 3);
INSERT INTO learner VALUES (26, 'L23-026', 'Grace', 'Sutton', '2003-02-02', 'Ashford', NULL, 'grace.sutton@inbox.example', '2023-02-24', 'STA', 'B', 4, 5);
INSERT INTO learner VALUES (27, 'L23-027', 'Isla', 'Novak', '1998-08-28', 'Fairlow', '07700 966227', 'isla.novak@post.example', '2023-02-25', 'STA', 'A', 4, 4);
INSERT INTO learner VALUES (28, 'L23-028', 'Bianca', 'Abbott', '1997-09-11', 'Elmstead', '07700 978215', 'bianca.abbott@inbox.example', '2023-03-13', 'NOR', 'B', 1, 2);
INSERT INTO learner VALUES (29, 'L23-029', 'Nina', 'Abbott', '1983-07-20', 'Brenham', '07700 968631', 'nina.abbott@mailbox.example', '2023-03-17', 'RIV', 'B', 8, 7);
INSERT INTO learner VALUES (30, 'L23-030', 'Imogen', 'Vance', '1984-05-25', 'Elmstead', '07700 945314', 'imogen.vance@inbox.example', '2023-03-19', 'PAR', 'AM', 10, 11);
INSERT INTO learner VALUES (31, 'L23-031', 'Freya', 'Dawson', '2002-07-18', 'Denby', '07700 908476', 'freya.dawson@inbox.example', '2023-03-26', 'HIL', 'B', 13, 13);
INSERT INTO learner VALUES (32, 'L23-032', 'Ben', 'Birch', '2006-10-23', 'Elmstead', '07700 979869', 'ben.birch@mailbox.example', '2023-04-01', 'PAR', 'AM', 11, 11);
INSERT INTO learner VALUES (33, 'L23-033', 'Connor', 'Gallagher', '1991-01-05', 'Elmstead', '07700 958841', 'connor.gallagher@post.example', '2023-04-09', 'NOR', 'BE', 1, 1);
INSERT INTO learner VALUES (34, 'L23-034', 'Lucy', 'Farrow', '1984-07-27', 'Fairlow', '07700 986578', 'lucy.farrow@post.example', '2023-05-25', 'STA', 'A1', 4, NULL);
INSERT INTO learner VALUES (35, 'L23-035', 'Jonas', 'Birch', '2006-01-16', 'Fairlow', NULL, 'jonas.birch@mailbox.example', '2023-05-29', 'RIV', 'B', 8, 9);
INSERT INTO learner VALUES (36, 'L23-036', 'Amelia', 'Dawson', '1993-10-07', 'Ashford', '07700 970663', 'amelia.dawson@mailbox.example', '2023-06-01', 'STA', 'A', 5, 6);
INSERT INTO learner VALUES (37, 'L23-037', 'Noah', 'Zielinski', '2002-05-26', 'Elmstead', '07700 935784', 'noah.zielinski@mailbox.example', '2023-06-13', 'PAR', 'C', 11, 12);
INSERT INTO learner VALUES (38, 'L23-038', 'Dylan', 'Abbott', '2006-02-12', 'Ashford', '07700 943483', 'dylan.abbott@inbox.example', '2023-06-21', 'NOR', 'B', 3, 2);
INSERT INTO learner VALUES (39, 'L23-039', 'Nina', 'Wheeler', '2001-04-28', 'Elmstead', '07700 992214', 'nina.wheeler@mailbox.example', '2023-06-22', 'PAR', 'B', 12, 11);
INSERT INTO learner VALUES (40, 'L23-040', 'Wendy', 'Ellis', '1984-06-27', 'Ashford', '07700 979843', 'wendy.ellis@post.example', '2023-07-19', 'NOR', 'B', 15, 3);
INSERT INTO learner VALUES (41, 'L23-041', 'Leo', 'Cole', '1998-02-08', 'Ashford', '07700 963782', 'leo.cole@mailbox.example', '2023-07-23', 'NOR', 'B', 3, 1);
INSERT INTO learner VALUES (42, 'L23-042', 'Grace', 'Barker', '2005-12-14', 'Brenham', '07700 986869', 'grace.barker@mailbox.example', '2023-07-25', 'RIV', 'B', 9, 7);
INSERT INTO learner VALUES (43, 'L23-043', 'Maya', 'Vance', '2004-03-09', 'Colwick', '07700 982432', 'maya.vance@post.example', '2023-07-28', 'PAR', 'B', 10, NULL);
INSERT INTO learner VALUES (44, 'L23-044', 'Aisha', 'Thorne', '2002-03-24', 'Ashford', '07700 951980', NULL, '2023-08-10', 'NOR', 'D', 2, 2);
INSERT INTO learner VALUES (45, 'L23-045', 'Ben', 'Lambert', '2006-01-19', 'Fairlow', '07700 906460', 'ben.lambert@post.example', '2023-08-13', 'RIV', 'B', 8, 7);
INSERT INTO learner VALUES (46, 'L23-046', 'Stella', 'Wheeler', '2006-05-14', 'Elmstead', '07700 943228', 'stella.wheeler@post.example', '2023-08-16', 'NOR', 'AM', 15, 3);
INSERT INTO learner VALUES (47, 'L23-047', 'Lucy', 'Yates', '1992-08-21', 'Brenham', NULL, 'lucy.yates@inbox.example', '2023-09-16', 'RIV', 'B', 9, 7);
INSERT INTO learner VALUES (48, 'L23-048', 'Samir', 'Barker', '2004-07-10', 'Brenham', '07700 939246', 'samir.barker@post.example', '2023-09-22', 'RIV', 'B', 8, 8);
INSERT INTO learner VALUES (49, 'L23-049', 'Daniel', 'Moreno', '1985-03-20', 'Denby', NULL, NULL, '2023-10-04', 'HIL', 'A1', 13, 13);
INSERT INTO learner VALUES (50, 'L23-050', 'Luca', 'Osborne', '1998-07-20', 'Fairlow', '07700 943227', 'luca.osborne@post.example', '2023-10-13', 'STA', 'B', 5, 4);
INSERT INTO learner VALUES (51, 'L23-051', 'Yusuf', 'Sutton', '1998-08-13', 'Elmstead', '07700 951790', 'yusuf.sutton@mailbox.example', '2023-10-20', 'PAR', 'A', 10, 10);
INSERT INTO learner VALUES (52, 'L23-052', 'Isla', 'Ibbotson', '1998-08-09', 'Colwick', '07700 913164', 'isla.ibbotson@inbox.example', '2023-10-22', 'PAR', 'B', 12, 10);
INSERT INTO learner VALUES (53, 'L23-053', 'Martha', 'Abbott', '1985-01-21', 'Garth', '07700 937026', 'martha.abbott@mailbox.example', '2023-11-17', 'HIL', 'A1', 14, 13);
INSERT INTO learner VALUES (54, 'L23-054', 'Lucy', 'Kowalski', '1998-06-05', 'Brenham', '07700 945849', 'lucy.kowalski@mailbox.example', '2023-11-19', 'RIV', 'B', 9, 7);
INSERT INTO learner VALUES (55, 'L23-055', 'Keira', 'Moreno', '2001-06-14', 'Colwick', '07700 905865', 'keira.moreno@post.example', '2023-11-23', 'PAR', 'B', 11, 10);
INSERT INTO learner VALUES (56, 'L23-056', 'Erin', 'Novak', '2007-03-06', 'Garth', '07700 935806', 'erin.novak@post.example', '2023-11-29', 'HIL', 'A1', 14, 13);
INSERT INTO learner VALUES (57, 'L23-057', 'Luca', 'Zielinski', '2001-07-16', 'Brenham', '07700 932574', NULL, '2023-12-02', 'RIV', 'B', 8, 8);
INSERT INTO learner VALUES (58, 'L23-058', 'Isla', 'Barker', '1992-07-17', 'Elmstead', '07700 986919', 'isla.barker@post.example', '2023-12-11', 'PAR', 'B', 12, 11);
INSERT INTO learner VALUES (59, 'L24-059', 'Aisha', 'Zielinski', '1991-08-20', 'Fairlow', '07700 936096', 'aisha.zielinski@mailbox.example', '2024-01-02', 'RIV', 'C', 7, 8);
INSERT INTO learner VALUES (60, 'L24-060', 'Felix', 'Pickering', '2001-06-04', 'Denby', '07700 942213', 'felix.pickering@post.example', '2024-02-05', 'HIL', 'B', 13, 14);
INSERT INTO learner VALUES (61, 'L24-061', 'Orla', 'Chandra', '1986-02-20', 'Colwick', '07700 995062', 'orla.chandra@inbox.example', '2024-03-11', 'PAR', 'A', 12, 10);
INSERT INTO learner VALUES (62, 'L24-062', 'Imogen', 'Sutton', '1984-11-01', 'Ashford', '07700 986001', 'imogen.sutton@inbox.example', '2024-03-28', 'NOR', 'B', 1, 3);
INSERT INTO learner VALUES (63, 'L24-063', 'Orla', 'Vance', '2006-08-26', 'Brenham', '07700 925661', 'orla.vance@post.example', '2024-04-24', 'RIV', 'B', 7, 7);
INSERT INTO learner VALUES (64, 'L24-064', 'Mateusz', 'Quinn', '1991-12-02', 'Ashford', '07700 950707', 'mateusz.quinn@post.example', '2024-04-25', 'NOR', 'BE', 1, 1);
INSERT INTO learner VALUES (65, 'L24-065', 'Jonas', 'Ibbotson', '2004-01-31', 'Brenham', NULL, 'jonas.ibbotson@inbox.example', '2024-05-05', 'RIV', 'BE', 8, 7);
INSERT INTO learner VALUES (66, 'L24-066', 'Wendy', 'Wheeler', '2005-08-21', 'Ashford', '07700 901071', 'wendy.wheeler@inbox.example', '2024-05-17', 'NOR', 'B', 3, 3);
INSERT INTO learner VALUES (67, 'L24-067', 'Theo', 'Dawson', '2005-12-24', 'Ashford', '07700 987098', 'theo.dawson@post.example', '2024-05-28', 'NOR', 'B', 2, 2);
INSERT INTO learner VALUES (68, 'L24-068', 'Kofi', 'Eriksen', '1998-07-25', 'Fairlow', '07700 958230', 'kofi.eriksen@mailbox.example', '2024-06-30', 'STA', 'B', 5, 4);
INSERT INTO learner VALUES (69, 'L24-069', 'Grace', 'Gallagher', '1985-03-14', 'Fairlow', '07700 985387', 'grace.gallagher@post.example', '2024-07-04', 'RIV', 'B', 7, 8);
INSERT INTO learner VALUES (70, 'L24-070', 'Wendy', 'Thorne', '2001-06-05', 'Ashford', '07700 961693', 'wendy.thorne@mailbox.example', '2024-07-24', 'NOR', 'D', 2, 2);
INSERT INTO learner VALUES (71, 'L24-071', 'Maya', 'Drummond', '1997-03-21', 'Ashford', '07700 925899', 'maya.drummond@inbox.example', '2024-07-29', 'STA', 'A', 6, 6);
INSERT INTO learner VALUES (72, 'L24-072', 'Yusuf', 'Rahman', '2000-11-22', 'Elmstead', '07700 982228', 'yusuf.rahman@post.example', '2024-08-03', 'PAR', 'BE', 10, 12);
INSERT INTO learner VALUES (73, 'L24-073', 'Erin', 'Dawson', '2006-11-08', 'Fairlow', '07700 964866', 'erin.dawson@inbox.example', '2024-08-10', 'STA', 'B', 5, 4);
INSERT INTO learner VALUES (74, 'L24-074', 'Samir', 'Ashby', '1985-03-19', 'Denby', '07700 928828', 'samir.ashby@inbox.example', '2024-08-20', 'HIL', 'B', 13, 14);
INSERT INTO learner VALUES (75, 'L24-075', 'Oscar', 'Kowalski', '2006-02-16', 'Brenham', '07700 986932', 'oscar.kowalski@inbox.example', '2024-09-26', 'RIV', 'B', 8, NULL);
INSERT INTO learner VALUES (76, 'L24-076', 'Luca', 'Novak', '2000-01-05', 'Fairlow', '07700 966657', 'luca.novak@post.example', '2024-10-01', 'STA', 'A', 4, 4);
INSERT INTO learner VALUES (77, 'L24-077', 'Adam', 'Hussain', '1999-07-11', 'Elmstead', '07700 995635', 'adam.hussain@mailbox.example', '2024-10-02', 'PAR', 'A', 10, 10);
INSERT INTO learner VALUES (78, 'L24-078', 'Yusuf', 'Ibbotson', '1992-11-16', 'Elmstead', '07700 998523', 'yusuf.ibbotson@inbox.example', '2024-10-04', 'NOR', 'B', 3, 3);
INSERT INTO learner VALUES (79, 'L24-079', 'Grace', 'Hussain', '2004-12-31', 'Ashford', '07700 948356', 'grace.hussain@inbox.example', '2024-10-16', 'NOR', 'B', 3, 2);
INSERT INTO learner VALUES (80, 'L24-080', 'Dylan', 'Cole', '1998-04-22', 'Brenham', '07700 925505', 'dylan.cole@mailbox.example', '2024-10-19', 'RIV', 'BE', 8, 7);
INSERT INTO learner VALUES (81, 'L24-081', 'Jack', 'Drummond', '2001-11-05', 'Fairlow', '07700 935447', 'jack.drummond@mailbox.example', '2024-10-28', 'STA', 'B', 6, 5);
INSERT INTO learner VALUES (82, 'L24-082', 'Oscar', 'Eriksen', '2006-08-02', 'Ashford', NULL, 'oscar.eriksen@post.example', '2024-11-08', 'NOR', 'C', 1, NULL);
INSERT INTO learner VALUES (83, 'L24-083', 'Yusuf', 'Cole', '1984-12-09', 'Elmstead', '07700 993518', 'yusuf.cole@mailbox.example', '2024-11-10', 'NOR', 'B', 1, NULL);
INSERT INTO learner VALUES (84, 'L24-084', 'Theo', 'Ibbotson', '2006-06-09', 'Colwick', '07700 957216', 'theo.ibbotson@mailbox.example', '2024-11-16', 'PAR', 'B', 11, 11);

INSERT INTO lesson VALUES (1, 1, 1, 'LN19 LRD', '2022-10-12', '08:00', 120, 'manoeuvres', 'held', 126.0);
INSERT INTO lesson VALUES (2, 2, 2, 'AK21 VBD', '2022-10-19', '16:00', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (3, 4, 3, 'BD19 RTS', '2022-10-23', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (4, 4, 3, 'AK21 VBD', '2022-10-29', '17:30', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (5, 2, 2, 'AK21 VBD', '2022-11-11', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (6, 4, 3, 'BD19 RTS', '2022-11-15', '08:00', 120, 'manoeuvres', 'held', 96.0);
INSERT INTO lesson VALUES (7, 5, 7, 'LN19 LRD', '2022-11-29', '17:30', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (8, 4, 3, 'AK21 VBD', '2022-12-04', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (9, 9, 2, 'CE18 HJK', '2022-12-09', '09:30', 45, 'city', 'no-show', 76.5);
INSERT INTO lesson VALUES (10, 7, 3, 'BD19 RTS', '2022-12-10', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (11, 6, 7, 'GJ17 FOC', '2022-12-12', '17:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (12, 8, 15, 'BD20 KPL', '2022-12-16', '08:00', 120, 'manoeuvres', 'cancelled', 180.0);
INSERT INTO lesson VALUES (13, 9, 2, 'CE18 HJK', '2022-12-20', '08:00', 45, 'city', 'held', 76.5);
INSERT INTO lesson VALUES (14, 10, 8, 'GJ17 FOC', '2022-12-22', '09:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (15, 7, 3, 'AK21 VBD', '2022-12-25', '14:30', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (16, 8, 15, 'BD20 KPL', '2023-01-01', '08:00', 90, 'city', 'held', 135.0);
INSERT INTO lesson VALUES (17, 9, 2, 'CE18 HJK', '2023-01-08', '16:00', 90, 'manoeuvres', 'held', 153.0);
INSERT INTO lesson VALUES (18, 12, 5, 'DF23 EVA', '2023-01-12', '11:00', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (19, 10, 8, 'FH19 PEU', '2023-01-13', '09:30', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (20, 7, 3, 'AK22 LMN', '2023-01-18', '17:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (21, 8, 15, 'BD20 KPL', '2023-01-22', '08:00', 120, 'manoeuvres', 'held', 180.0);
INSERT INTO lesson VALUES (22, 11, 2, 'AK21 VBD', '2023-01-24', '14:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (23, 15, 2, 'AK22 LMN', '2023-01-26', '14:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (24, 13, 13, 'KM22 TOY', '2023-01-26', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (25, 9, 2, 'CE18 HJK', '2023-01-27', '20:30', 60, 'night', 'held', 108.0);
INSERT INTO lesson VALUES (26, 16, 13, 'KM22 TOY', '2023-01-28', '17:30', 90, 'manoeuvres', 'no-show', 72.0);
INSERT INTO lesson VALUES (27, 17, 3, 'AK21 VBD', '2023-01-29', '09:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (28, 15, 2, 'AK21 VBD', '2023-02-01', '19:30', 45, 'night', 'held', 42.0);
INSERT INTO lesson VALUES (29, 12, 5, 'DF23 EVA', '2023-02-02', '14:30', 120, 'manoeuvres', 'held', 96.0);
INSERT INTO lesson VALUES (30, 19, 1, 'AK22 LMN', '2023-02-05', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (31, 21, 3, 'AK21 VBD', '2023-02-07', '14:30', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (32, 8, 15, 'BD20 KPL', '2023-02-09', '11:00', 90, 'motorway', 'held', 135.0);
INSERT INTO lesson VALUES (33, 7, 3, 'AK21 VBD', '2023-02-10', '11:00', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (34, 13, 13, 'KM22 TOY', '2023-02-14', '16:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (35, 11, 2, 'AK21 VBD', '2023-02-15', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (36, 25, 3, 'AK22 LMN', '2023-02-18', '16:00', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (37, 19, 1, 'AK22 LMN', '2023-02-21', '11:00', 120, 'manoeuvres', 'held', 96.0);
INSERT INTO lesson VALUES (38, 24, 13, 'KM22 TOY', '2023-02-21', '17:30', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (39, 15, 2, 'BD19 RTS', '2023-02-22', '14:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (40, 18, 7, 'FH19 PEU', '2023-02-23', '09:30', 120, 'city', 'no-show', 96.0);
INSERT INTO lesson VALUES (41, 20, 13, 'KM22 TOY', '2023-02-25', '19:30', 90, 'night', 'held', 78.0);
INSERT INTO lesson VALUES (42, 13, 13, 'KM22 TOY', '2023-02-27', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (43, 21, 3, 'AK21 VBD', '2023-02-28', '17:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (44, 25, 3, 'BD19 RTS', '2023-03-02', '13:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (45, 22, 1, 'LN19 LRD', '2023-03-02', '14:30', 120, 'manoeuvres', 'held', 126.0);
INSERT INTO lesson VALUES (46, 11, 2, 'AK21 VBD', '2023-03-04', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (47, 23, 8, 'GJ17 FOC', '2023-03-04', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (48, 18, 7, 'FH22 SKO', '2023-03-04', '17:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (49, 24, 13, 'KM22 TOY', '2023-03-05', '16:00', 120, 'manoeuvres', 'held', 96.0);
INSERT INTO lesson VALUES (50, 21, 3, 'AK21 VBD', '2023-03-06', '13:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (51, 25, 3, 'AK21 VBD', '2023-03-11', '14:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (52, 24, 13, 'KM22 TOY', '2023-03-13', '14:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (53, 25, 3, 'AK22 LMN', '2023-03-16', '13:00', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (54, 22, 1, 'LN19 LRD', '2023-03-17', '11:00', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (55, 15, 1, 'AK22 LMN', '2023-03-18', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (56, 20, 13, 'KM22 TOY', '2023-03-20', '19:30', 120, 'night', 'held', 102.0);
INSERT INTO lesson VALUES (57, 13, 13, 'KM22 TOY', '2023-03-21', '16:00', 45, 'manoeuvres', 'held', 36.0);
INSERT INTO lesson VALUES (58, 18, 7, 'FH22 SKO', '2023-03-22', '11:00', 120, 'manoeuvres', 'held', 96.0);
INSERT INTO lesson VALUES (59, 25, 3, 'AK22 LMN', '2023-03-24', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (60, 23, 8, 'GJ17 FOC', '2023-03-25', '13:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (61, 20, 13, 'KM22 TOY', '2023-03-26', '08:00', 45, 'manoeuvres', 'cancelled', 36.0);
INSERT INTO lesson VALUES (62, 27, 4, 'EG21 MTB', '2023-03-28', '09:30', 120, 'motorway', 'held', 102.0);
INSERT INTO lesson VALUES (63, 21, 3, 'BD19 RTS', '2023-03-28', '19:30', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (64, 26, 5, 'DF20 QWE', '2023-03-29', '09:30', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (65, 13, 13, 'KM22 TOY', '2023-04-05', '17:30', 45, 'manoeuvres', 'cancelled', 36.0);
INSERT INTO lesson VALUES (66, 27, 4, 'EG21 MTB', '2023-04-06', '08:00', 60, 'city', 'held', 51.0);
INSERT INTO lesson VALUES (67, 18, 7, 'FH19 PEU', '2023-04-06', '11:00', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (68, 25, 3, 'AK22 LMN', '2023-04-06', '17:30', 120, 'manoeuvres', 'cancelled', 96.0);
INSERT INTO lesson VALUES (69, 23, 8, 'FH19 PEU', '2023-04-10', '11:00', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (70, 27, 4, 'EG21 MTB', '2023-04-14', '11:00', 60, 'city', 'cancelled', 51.0);
INSERT INTO lesson VALUES (71, 32, 11, 'CE22 AAB', '2023-04-16', '17:30', 120, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (72, 26, 5, 'DF20 QWE', '2023-04-18', '11:00', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (73, 31, 13, 'KM22 TOY', '2023-04-18', '20:30', 45, 'night', 'held', 42.0);
INSERT INTO lesson VALUES (74, 26, 5, 'DF23 EVA', '2023-04-25', '11:00', 60, 'city', 'no-show', 48.0);
INSERT INTO lesson VALUES (75, 29, 7, 'FH19 PEU', '2023-04-25', '11:00', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (76, 30, 11, 'CE22 AAB', '2023-04-25', '16:00', 120, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (77, 27, 4, 'EG21 MTB', '2023-04-26', '08:00', 90, 'city', 'cancelled', 76.5);
INSERT INTO lesson VALUES (78, 28, 2, 'AK21 VBD', '2023-04-27', '19:30', 90, 'night', 'held', 78.0);
INSERT INTO lesson VALUES (79, 26, 5, 'DF23 EVA', '2023-04-30', '08:00', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (80, 29, 7, 'FH19 PEU', '2023-05-04', '11:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (81, 32, 11, 'CE22 AAB', '2023-05-04', '14:30', 60, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (82, 30, 11, 'CE22 AAB', '2023-05-04', '17:30', 60, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (83, 31, 13, 'KM22 TOY', '2023-05-12', '14:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (84, 32, 11, 'CE22 AAB', '2023-05-13', '14:30', 90, 'city', 'held', 54.0);
INSERT INTO lesson VALUES (85, 26, 5, 'DF20 QWE', '2023-05-16', '16:00', 45, 'city', 'cancelled', 36.0);
INSERT INTO lesson VALUES (86, 33, 1, 'LN19 LRD', '2023-05-24', '20:00', 90, 'night', 'held', 100.5);
INSERT INTO lesson VALUES (87, 29, 7, 'FH22 SKO', '2023-05-26', '14:30', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (88, 31, 13, 'KM22 TOY', '2023-06-01', '08:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (89, 33, 1, 'LN19 LRD', '2023-06-06', '14:30', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (90, 31, 13, 'KM22 TOY', '2023-06-17', '17:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (91, 35, 9, 'FH22 SKO', '2023-06-25', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (92, 31, 13, 'KM22 TOY', '2023-06-28', '08:00', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (93, 36, 6, 'EG21 MTB', '2023-07-04', '13:00', 60, 'manoeuvres', 'held', 51.0);
INSERT INTO lesson VALUES (94, 31, 14, 'KM22 TOY', '2023-07-06', '17:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (95, 38, 2, 'AK21 VBD', '2023-07-10', '09:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (96, 36, 6, 'EG21 MTB', '2023-07-17', '14:30', 120, 'city', 'no-show', 102.0);
INSERT INTO lesson VALUES (97, 37, 12, 'LN18 SCN', '2023-07-25', '09:30', 90, 'city', 'no-show', 135.0);
INSERT INTO lesson VALUES (98, 39, 11, 'HK23 MGE', '2023-07-30', '09:30', 90, 'city', 'cancelled', 72.0);
INSERT INTO lesson VALUES (99, 38, 2, 'AK21 VBD', '2023-08-01', '11:00', 120, 'motorway', 'cancelled', 96.0);
INSERT INTO lesson VALUES (100, 36, 6, 'EG21 MTB', '2023-08-03', '11:00', 45, 'city', 'held', 38.25);
INSERT INTO lesson VALUES (101, 37, 12, 'LN18 SCN', '2023-08-06', '11:00', 120, 'motorway', 'held', 180.0);
INSERT INTO lesson VALUES (102, 40, 3, 'AK22 LMN', '2023-08-08', '09:30', 60, 'city', 'cancelled', 48.0);
INSERT INTO lesson VALUES (103, 39, 11, 'HK21 SEA', '2023-08-12', '11:00', 90, 'manoeuvres', 'no-show', 72.0);
INSERT INTO lesson VALUES (104, 41, 1, 'AK22 LMN', '2023-08-13', '13:00', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (105, 37, 12, 'LN18 SCN', '2023-08-22', '14:30', 60, 'manoeuvres', 'held', 90.0);
INSERT INTO lesson VALUES (106, 40, 3, 'BD19 RTS', '2023-08-30', '08:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (107, 42, 7, 'FH22 SKO', '2023-09-02', '08:00', 120, 'manoeuvres', 'cancelled', 96.0);
INSERT INTO lesson VALUES (108, 39, 11, 'HK23 MGE', '2023-09-02', '17:30', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (109, 44, 2, 'CE18 HJK', '2023-09-05', '08:00', 120, 'motorway', 'held', 204.0);
INSERT INTO lesson VALUES (110, 41, 1, 'AK21 VBD', '2023-09-05', '09:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (111, 40, 3, 'BD19 RTS', '2023-09-05', '17:30', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (112, 42, 7, 'GJ17 FOC', '2023-09-06', '11:00', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (113, 37, 12, 'LN18 SCN', '2023-09-10', '09:30', 120, 'manoeuvres', 'cancelled', 180.0);
INSERT INTO lesson VALUES (114, 45, 7, 'FH19 PEU', '2023-09-11', '17:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (115, 41, 1, 'BD19 RTS', '2023-09-13', '19:30', 120, 'night', 'held', 102.0);
INSERT INTO lesson VALUES (116, 40, 3, 'AK21 VBD', '2023-09-16', '13:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (117, 45, 7, 'FH19 PEU', '2023-09-17', '20:00', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (118, 39, 11, 'HK21 SEA', '2023-09-19', '16:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (119, 42, 7, 'FH22 SKO', '2023-09-22', '17:30', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (120, 41, 3, 'AK22 LMN', '2023-09-23', '09:30', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (121, 46, 3, 'CE22 AAB', '2023-09-23', '20:30', 90, 'night', 'held', 60.0);
INSERT INTO lesson VALUES (122, 42, 7, 'FH19 PEU', '2023-09-27', '08:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (123, 39, 11, 'HK21 SEA', '2023-09-29', '11:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (124, 46, 3, 'CE22 AAB', '2023-10-03', '16:00', 45, 'city', 'held', 27.0);
INSERT INTO lesson VALUES (125, 45, 7, 'FH22 SKO', '2023-10-11', '11:00', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (126, 42, 7, 'FH22 SKO', '2023-10-15', '13:00', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (127, 41, 1, 'BD19 RTS', '2023-10-17', '09:30', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (128, 45, 7, 'FH22 SKO', '2023-10-24', '09:30', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (129, 47, 7, 'FH19 PEU', '2023-10-26', '17:30', 60, 'manoeuvres', 'cancelled', 48.0);
INSERT INTO lesson VALUES (130, 42, 7, 'FH22 SKO', '2023-10-29', '20:00', 45, 'night', 'held', 42.0);
INSERT INTO lesson VALUES (131, 49, 13, 'KM23 HND', '2023-10-31', '09:30', 90, 'city', 'held', 63.0);
INSERT INTO lesson VALUES (132, 48, 8, 'FH19 PEU', '2023-11-01', '11:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (133, 51, 10, 'JL20 KAW', '2023-11-07', '09:30', 120, 'motorway', 'held', 102.0);
INSERT INTO lesson VALUES (134, 50, 4, 'DF23 EVA', '2023-11-09', '19:30', 60, 'night', 'cancelled', 54.0);
INSERT INTO lesson VALUES (135, 47, 7, 'FH19 PEU', '2023-11-19', '14:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (136, 52, 10, 'HK23 MGE', '2023-11-20', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (137, 49, 13, 'KM23 HND', '2023-11-23', '17:30', 120, 'city', 'held', 84.0);
INSERT INTO lesson VALUES (138, 47, 9, 'FH19 PEU', '2023-11-26', '11:00', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (139, 52, 10, 'HK21 SEA', '2023-11-26', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (140, 50, 4, 'DF20 QWE', '2023-11-28', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (141, 49, 13, 'KM23 HND', '2023-12-05', '14:30', 90, 'motorway', 'held', 63.0);
INSERT INTO lesson VALUES (142, 49, 13, 'KM23 HND', '2023-12-13', '08:00', 60, 'city', 'held', 42.0);
INSERT INTO lesson VALUES (143, 52, 10, 'HK23 MGE', '2023-12-13', '17:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (144, 50, 4, 'DF23 EVA', '2023-12-19', '11:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (145, 55, 10, 'HK21 SEA', '2023-12-20', '09:30', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (146, 53, 13, 'KM23 HND', '2023-12-21', '11:00', 60, 'manoeuvres', 'held', 42.0);
INSERT INTO lesson VALUES (147, 57, 8, 'FH22 SKO', '2023-12-27', '14:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (148, 54, 7, 'FH22 SKO', '2024-01-02', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (149, 58, 11, 'HK21 SEA', '2024-01-05', '17:30', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (150, 52, 10, 'HK23 MGE', '2024-01-06', '13:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (151, 54, 7, 'FH19 PEU', '2024-01-07', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (152, 57, 9, 'FH22 SKO', '2024-01-09', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (153, 56, 13, 'KM23 HND', '2024-01-10', '11:00', 120, 'motorway', 'held', 84.0);
INSERT INTO lesson VALUES (154, 53, 13, 'KM23 HND', '2024-01-11', '17:30', 45, 'manoeuvres', 'held', 31.5);
INSERT INTO lesson VALUES (155, 53, 13, 'KM23 HND', '2024-01-19', '08:00', 120, 'motorway', 'held', 84.0);
INSERT INTO lesson VALUES (156, 58, 11, 'HK21 SEA', '2024-01-24', '11:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (157, 54, 7, 'FH19 PEU', '2024-01-29', '13:00', 60, 'manoeuvres', 'cancelled', 48.0);
INSERT INTO lesson VALUES (158, 57, 8, 'FH22 SKO', '2024-02-02', '19:30', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (159, 58, 11, 'HK21 SEA', '2024-02-06', '09:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (160, 59, 8, 'GJ20 VOL', '2024-02-11', '14:30', 60, 'city', 'held', 90.0);
INSERT INTO lesson VALUES (161, 54, 7, 'FH22 SKO', '2024-02-17', '13:00', 45, 'manoeuvres', 'held', 36.0);
INSERT INTO lesson VALUES (162, 57, 8, 'FH22 SKO', '2024-02-22', '09:30', 90, 'motorway', 'no-show', 72.0);
INSERT INTO lesson VALUES (163, 59, 8, 'GJ20 VOL', '2024-03-04', '14:30', 90, 'manoeuvres', 'held', 135.0);
INSERT INTO lesson VALUES (164, 60, 14, 'KM22 TOY', '2024-03-07', '16:00', 45, 'manoeuvres', 'held', 36.0);
INSERT INTO lesson VALUES (165, 57, 8, 'FH19 PEU', '2024-03-12', '13:00', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (166, 59, 8, 'GJ20 VOL', '2024-03-21', '16:00', 90, 'motorway', 'held', 135.0);
INSERT INTO lesson VALUES (167, 59, 8, 'GJ20 VOL', '2024-03-25', '20:00', 90, 'night', 'held', 141.0);
INSERT INTO lesson VALUES (168, 60, 14, 'JL24 NIS', '2024-03-30', '14:30', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (169, 57, 8, 'FH19 PEU', '2024-04-01', '17:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (170, 60, 14, 'JL24 NIS', '2024-04-03', '13:00', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (171, 61, 10, 'JL20 KAW', '2024-04-04', '14:30', 90, 'city', 'held', 76.5);
INSERT INTO lesson VALUES (172, 62, 3, 'BD19 RTS', '2024-04-16', '13:00', 45, 'city', 'cancelled', 36.0);
INSERT INTO lesson VALUES (173, 61, 10, 'JL20 KAW', '2024-04-20', '08:00', 60, 'city', 'held', 51.0);
INSERT INTO lesson VALUES (174, 60, 14, 'JL24 NIS', '2024-04-25', '11:00', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (175, 62, 3, 'BD19 RTS', '2024-04-28', '08:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (176, 60, 14, 'JL24 NIS', '2024-05-05', '20:30', 120, 'night', 'held', 102.0);
INSERT INTO lesson VALUES (177, 61, 10, 'JL20 KAW', '2024-05-09', '11:00', 120, 'city', 'held', 102.0);
INSERT INTO lesson VALUES (178, 62, 3, 'AK21 VBD', '2024-05-13', '09:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (179, 62, 3, 'AK22 LMN', '2024-05-20', '16:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (180, 62, 3, 'AK21 VBD', '2024-05-24', '17:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (181, 63, 7, 'FH22 SKO', '2024-05-29', '16:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (182, 63, 7, 'FH19 PEU', '2024-06-03', '11:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (183, 65, 7, 'LN19 LRD', '2024-06-04', '09:30', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (184, 64, 1, 'LN19 LRD', '2024-06-06', '14:30', 120, 'motorway', 'held', 126.0);
INSERT INTO lesson VALUES (185, 64, 1, 'LN19 LRD', '2024-06-10', '09:30', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (186, 64, 1, 'LN19 LRD', '2024-06-20', '16:00', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (187, 66, 3, 'AK21 VBD', '2024-06-21', '08:00', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (188, 67, 2, 'AK21 VBD', '2024-06-24', '11:00', 60, 'city', 'no-show', 48.0);
INSERT INTO lesson VALUES (189, 63, 7, 'FH22 SKO', '2024-06-25', '09:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (190, 65, 7, 'LN19 LRD', '2024-06-27', '13:00', 120, 'motorway', 'no-show', 126.0);
INSERT INTO lesson VALUES (191, 65, 7, 'LN19 LRD', '2024-07-01', '09:30', 60, 'city', 'held', 63.0);
INSERT INTO lesson VALUES (192, 63, 7, 'FH19 PEU', '2024-07-04', '09:30', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (193, 66, 3, 'AK22 LMN', '2024-07-04', '11:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (194, 64, 1, 'LN19 LRD', '2024-07-08', '13:00', 120, 'manoeuvres', 'held', 126.0);
INSERT INTO lesson VALUES (195, 67, 2, 'AK21 VBD', '2024-07-15', '09:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (196, 66, 3, 'AK22 LMN', '2024-07-23', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (197, 67, 2, 'AK22 LMN', '2024-07-28', '16:00', 90, 'motorway', 'held', 72.0);
INSERT INTO lesson VALUES (198, 68, 4, 'DF20 QWE', '2024-08-02', '08:00', 45, 'city', 'held', 36.0);
INSERT INTO lesson VALUES (199, 69, 8, 'FH22 SKO', '2024-08-02', '19:30', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (200, 67, 2, 'AK21 VBD', '2024-08-07', '20:30', 45, 'night', 'held', 42.0);
INSERT INTO lesson VALUES (201, 68, 4, 'DF23 EVA', '2024-08-09', '14:30', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (202, 70, 2, 'CE18 HJK', '2024-08-21', '13:00', 60, 'city', 'held', 102.0);
INSERT INTO lesson VALUES (203, 69, 8, 'FH22 SKO', '2024-08-22', '20:30', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (204, 72, 12, 'LN19 LRD', '2024-08-25', '08:00', 90, 'manoeuvres', 'no-show', 94.5);
INSERT INTO lesson VALUES (205, 68, 4, 'DF23 EVA', '2024-08-26', '17:30', 120, 'manoeuvres', 'held', 96.0);
INSERT INTO lesson VALUES (206, 69, 8, 'FH22 SKO', '2024-08-29', '17:30', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (207, 71, 6, 'EG21 MTB', '2024-08-30', '17:30', 60, 'manoeuvres', 'held', 51.0);
INSERT INTO lesson VALUES (208, 70, 2, 'CE18 HJK', '2024-09-09', '16:00', 60, 'manoeuvres', 'held', 102.0);
INSERT INTO lesson VALUES (209, 73, 4, 'DF23 EVA', '2024-09-10', '20:30', 90, 'night', 'held', 78.0);
INSERT INTO lesson VALUES (210, 74, 14, 'KM22 TOY', '2024-09-11', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (211, 72, 12, 'LN19 LRD', '2024-09-12', '11:00', 120, 'motorway', 'cancelled', 126.0);
INSERT INTO lesson VALUES (212, 68, 4, 'DF23 EVA', '2024-09-13', '09:30', 90, 'motorway', 'no-show', 72.0);
INSERT INTO lesson VALUES (213, 74, 14, 'JL24 NIS', '2024-09-18', '16:00', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (214, 73, 4, 'DF20 QWE', '2024-09-28', '09:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (215, 70, 2, 'CE18 HJK', '2024-10-03', '16:00', 120, 'manoeuvres', 'held', 204.0);
INSERT INTO lesson VALUES (216, 68, 4, 'DF23 EVA', '2024-10-05', '13:00', 90, 'city', 'cancelled', 72.0);
INSERT INTO lesson VALUES (217, 74, 14, 'JL24 NIS', '2024-10-06', '14:30', 90, 'city', 'no-show', 72.0);
INSERT INTO lesson VALUES (218, 68, 4, 'DF23 EVA', '2024-10-09', '14:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (219, 70, 2, 'CE18 HJK', '2024-10-10', '14:30', 90, 'city', 'held', 153.0);
INSERT INTO lesson VALUES (220, 73, 4, 'DF20 QWE', '2024-10-16', '16:00', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (221, 78, 3, 'AK22 LMN', '2024-10-20', '09:30', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (222, 77, 10, 'JL20 KAW', '2024-10-22', '13:00', 90, 'manoeuvres', 'held', 76.5);
INSERT INTO lesson VALUES (223, 76, 4, 'EG21 MTB', '2024-10-26', '08:00', 90, 'manoeuvres', 'held', 76.5);
INSERT INTO lesson VALUES (224, 73, 4, 'DF20 QWE', '2024-10-26', '20:00', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (225, 76, 4, 'EG21 MTB', '2024-10-30', '14:30', 60, 'city', 'no-show', 51.0);
INSERT INTO lesson VALUES (226, 79, 2, 'AK22 LMN', '2024-10-31', '17:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (227, 70, 2, 'CE18 HJK', '2024-11-03', '14:30', 60, 'city', 'held', 102.0);
INSERT INTO lesson VALUES (228, 77, 10, 'JL20 KAW', '2024-11-04', '09:30', 90, 'city', 'held', 76.5);
INSERT INTO lesson VALUES (229, 78, 2, 'AK21 VBD', '2024-11-10', '08:00', 90, 'city', 'held', 72.0);
INSERT INTO lesson VALUES (230, 76, 4, 'EG21 MTB', '2024-11-15', '09:30', 90, 'motorway', 'held', 76.5);
INSERT INTO lesson VALUES (231, 77, 10, 'JL20 KAW', '2024-11-16', '17:30', 45, 'manoeuvres', 'held', 38.25);
INSERT INTO lesson VALUES (232, 81, 5, 'DF23 EVA', '2024-11-17', '20:30', 60, 'night', 'held', 54.0);
INSERT INTO lesson VALUES (233, 79, 2, 'AK21 VBD', '2024-11-19', '20:00', 120, 'night', 'held', 102.0);
INSERT INTO lesson VALUES (234, 80, 7, 'LN19 LRD', '2024-11-27', '16:00', 60, 'city', 'cancelled', 63.0);
INSERT INTO lesson VALUES (235, 76, 4, 'EG21 MTB', '2024-11-30', '14:30', 60, 'manoeuvres', 'held', 51.0);
INSERT INTO lesson VALUES (236, 78, 3, 'AK22 LMN', '2024-12-03', '16:00', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (237, 76, 4, 'EG21 MTB', '2024-12-07', '11:00', 90, 'motorway', 'no-show', 76.5);
INSERT INTO lesson VALUES (238, 81, 5, 'DF20 QWE', '2024-12-07', '20:00', 60, 'night', 'cancelled', 54.0);
INSERT INTO lesson VALUES (239, 78, 3, 'AK21 VBD', '2024-12-10', '09:30', 120, 'motorway', 'held', 96.0);
INSERT INTO lesson VALUES (240, 79, 1, 'AK22 LMN', '2024-12-10', '14:30', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (241, 80, 7, 'LN19 LRD', '2024-12-11', '17:30', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (242, 81, 5, 'DF20 QWE', '2024-12-12', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (243, 84, 11, 'HK21 SEA', '2024-12-19', '17:30', 45, 'city', 'no-show', 36.0);
INSERT INTO lesson VALUES (244, 80, 7, 'LN19 LRD', '2024-12-20', '17:30', 120, 'motorway', 'held', 126.0);
INSERT INTO lesson VALUES (245, 81, 5, 'DF23 EVA', '2024-12-31', '14:30', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (246, 80, 7, 'LN19 LRD', '2025-01-06', '14:30', 90, 'city', 'held', 94.5);
INSERT INTO lesson VALUES (247, 84, 11, 'HK21 SEA', '2025-01-09', '09:30', 60, 'manoeuvres', 'held', 48.0);
INSERT INTO lesson VALUES (248, 81, 5, 'DF23 EVA', '2025-01-10', '08:00', 120, 'manoeuvres', 'no-show', 96.0);
INSERT INTO lesson VALUES (249, 81, 5, 'DF23 EVA', '2025-01-14', '14:30', 120, 'city', 'held', 96.0);
INSERT INTO lesson VALUES (250, 84, 11, 'HK23 MGE', '2025-01-25', '16:00', 60, 'city', 'held', 48.0);
INSERT INTO lesson VALUES (251, 84, 11, 'HK21 SEA', '2025-02-03', '11:00', 90, 'manoeuvres', 'held', 72.0);
INSERT INTO lesson VALUES (252, 84, 11, 'HK23 MGE', '2025-02-08', '11:00', 90, 'motorway', 'held', 72.0);

INSERT INTO exam VALUES (1, 2, 'theory', '2022-10-18', 'P. Hargreaves', 'fail', 9, 32.0);
INSERT INTO exam VALUES (2, 4, 'theory', '2022-10-28', 'M. Oduya', 'fail', 11, 32.0);
INSERT INTO exam VALUES (3, 1, 'theory', '2022-11-08', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (4, 2, 'theory', '2022-11-12', 'P. Hargreaves', 'fail', 11, 32.0);
INSERT INTO exam VALUES (5, 3, 'theory', '2022-11-17', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (6, 4, 'theory', '2022-11-24', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (7, 1, 'practical', '2022-12-02', 'M. Oduya', 'pass', 4, 110.0);
INSERT INTO exam VALUES (8, 2, 'theory', '2022-12-13', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (9, 5, 'theory', '2022-12-21', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (10, 8, 'theory', '2022-12-29', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (11, 10, 'theory', '2022-12-29', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (12, 7, 'theory', '2022-12-30', 'M. Oduya', 'pass', 0, 32.0);
INSERT INTO exam VALUES (13, 4, 'practical', '2023-01-01', 'T. Bowers', 'fail', 22, 95.0);
INSERT INTO exam VALUES (14, 6, 'theory', '2023-01-07', 'M. Oduya', 'fail', 13, 32.0);
INSERT INTO exam VALUES (15, 2, 'practical', '2023-01-08', 'S. Lindgren', 'fail', 22, 95.0);
INSERT INTO exam VALUES (16, 9, 'theory', '2023-01-10', 'M. Oduya', 'fail', 7, 32.0);
INSERT INTO exam VALUES (17, 5, 'theory', '2023-01-16', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (18, 8, 'theory', '2023-01-30', 'P. Hargreaves', 'fail', 9, 32.0);
INSERT INTO exam VALUES (19, 16, 'theory', '2023-01-31', 'M. Oduya', 'pass', 5, 32.0);
INSERT INTO exam VALUES (20, 4, 'practical', '2023-02-07', 'M. Oduya', 'pass', 3, 95.0);
INSERT INTO exam VALUES (21, 11, 'theory', '2023-02-07', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (22, 9, 'theory', '2023-02-09', 'M. Oduya', 'fail', 13, 32.0);
INSERT INTO exam VALUES (23, 15, 'theory', '2023-02-09', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (24, 2, 'practical', '2023-02-11', 'T. Bowers', 'pass', 1, 95.0);
INSERT INTO exam VALUES (25, 6, 'theory', '2023-02-11', 'M. Oduya', 'fail', 13, 32.0);
INSERT INTO exam VALUES (26, 8, 'theory', '2023-02-15', 'P. Hargreaves', 'fail', 13, 32.0);
INSERT INTO exam VALUES (27, 16, 'practical', '2023-02-15', 'T. Bowers', 'pass', 2, 95.0);
INSERT INTO exam VALUES (28, 12, 'theory', '2023-02-17', 'P. Hargreaves', 'fail', 13, 32.0);
INSERT INTO exam VALUES (29, 14, 'theory', '2023-02-19', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (30, 20, 'theory', '2023-02-26', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (31, 24, 'theory', '2023-02-28', 'P. Hargreaves', 'pass', 6, 32.0);
INSERT INTO exam VALUES (32, 9, 'theory', '2023-03-01', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (33, 7, 'practical', '2023-03-06', 'M. Oduya', 'pass', 6, 95.0);
INSERT INTO exam VALUES (34, 23, 'theory', '2023-03-06', 'P. Hargreaves', 'fail', 7, 32.0);
INSERT INTO exam VALUES (35, 19, 'theory', '2023-03-10', 'P. Hargreaves', 'pass', 6, 32.0);
INSERT INTO exam VALUES (36, 17, 'theory', '2023-03-11', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (37, 18, 'theory', '2023-03-11', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (38, 6, 'theory', '2023-03-13', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (39, 12, 'theory', '2023-03-14', 'M. Oduya', 'pass', 4, 32.0);
INSERT INTO exam VALUES (40, 17, 'practical', '2023-03-21', 'T. Bowers', 'pass', 5, 95.0);
INSERT INTO exam VALUES (41, 21, 'theory', '2023-03-27', 'M. Oduya', 'pass', 3, 32.0);
INSERT INTO exam VALUES (42, 12, 'practical', '2023-03-28', 'T. Bowers', 'pass', 1, 95.0);
INSERT INTO exam VALUES (43, 15, 'practical', '2023-03-29', 'M. Oduya', 'fail', 15, 95.0);
INSERT INTO exam VALUES (44, 6, 'practical', '2023-03-31', 'S. Lindgren', 'fail', 12, 95.0);
INSERT INTO exam VALUES (45, 11, 'practical', '2023-03-31', 'M. Oduya', 'pass', 2, 95.0);
INSERT INTO exam VALUES (46, 18, 'theory', '2023-04-02', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (47, 19, 'practical', '2023-04-03', 'M. Oduya', 'fail', 22, 95.0);
INSERT INTO exam VALUES (48, 23, 'theory', '2023-04-03', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (49, 24, 'practical', '2023-04-05', 'T. Bowers', 'pass', 8, 95.0);
INSERT INTO exam VALUES (50, 21, 'practical', '2023-04-10', 'S. Lindgren', 'fail', 22, 95.0);
INSERT INTO exam VALUES (51, 27, 'theory', '2023-04-14', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (52, 28, 'theory', '2023-04-14', 'P. Hargreaves', 'pass', 4, 32.0);
INSERT INTO exam VALUES (53, 6, 'practical', '2023-04-21', 'M. Oduya', 'fail', 15, 95.0);
INSERT INTO exam VALUES (54, 20, 'practical', '2023-04-22', 'M. Oduya', 'pass', 4, 95.0);
INSERT INTO exam VALUES (55, 15, 'practical', '2023-04-28', 'S. Lindgren', 'pass', 8, 95.0);
INSERT INTO exam VALUES (56, 23, 'practical', '2023-04-28', 'T. Bowers', 'pass', 5, 95.0);
INSERT INTO exam VALUES (57, 18, 'practical', '2023-04-30', 'S. Lindgren', 'pass', 1, 95.0);
INSERT INTO exam VALUES (58, 31, 'theory', '2023-05-02', 'P. Hargreaves', 'fail', 7, 32.0);
INSERT INTO exam VALUES (59, 33, 'theory', '2023-05-09', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (60, 6, 'practical', '2023-05-11', 'S. Lindgren', 'fail', 22, 95.0);
INSERT INTO exam VALUES (61, 30, 'theory', '2023-05-12', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (62, 27, 'practical', '2023-05-13', 'T. Bowers', 'fail', 10, 90.0);
INSERT INTO exam VALUES (63, 19, 'practical', '2023-05-15', 'M. Oduya', 'pass', 1, 95.0);
INSERT INTO exam VALUES (64, 21, 'practical', '2023-05-18', 'M. Oduya', 'pass', 5, 95.0);
INSERT INTO exam VALUES (65, 32, 'theory', '2023-05-20', 'P. Hargreaves', 'fail', 9, 32.0);
INSERT INTO exam VALUES (66, 28, 'practical', '2023-05-23', 'T. Bowers', 'pass', 2, 95.0);
INSERT INTO exam VALUES (67, 31, 'theory', '2023-05-25', 'P. Hargreaves', 'pass', 3, 32.0);
INSERT INTO exam VALUES (68, 30, 'practical', '2023-06-05', 'T. Bowers', 'pass', 5, 60.0);
INSERT INTO exam VALUES (69, 32, 'theory', '2023-06-09', 'M. Oduya', 'pass', 0, 32.0);
INSERT INTO exam VALUES (70, 27, 'practical', '2023-06-24', 'T. Bowers', 'fail', 10, 90.0);
INSERT INTO exam VALUES (71, 33, 'practical', '2023-07-03', 'S. Lindgren', 'pass', 3, 110.0);
INSERT INTO exam VALUES (72, 36, 'theory', '2023-07-03', 'P. Hargreaves', 'pass', 5, 32.0);
INSERT INTO exam VALUES (73, 27, 'practical', '2023-07-13', 'S. Lindgren', 'fail', 15, 90.0);
INSERT INTO exam VALUES (74, 31, 'practical', '2023-07-17', 'S. Lindgren', 'fail', 18, 95.0);
INSERT INTO exam VALUES (75, 34, 'theory', '2023-07-21', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (76, 35, 'theory', '2023-07-30', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (77, 37, 'theory', '2023-08-02', 'M. Oduya', 'pass', 6, 32.0);
INSERT INTO exam VALUES (78, 38, 'theory', '2023-08-02', 'M. Oduya', 'fail', 7, 32.0);
INSERT INTO exam VALUES (79, 39, 'theory', '2023-08-05', 'M. Oduya', 'fail', 7, 32.0);
INSERT INTO exam VALUES (80, 31, 'practical', '2023-08-06', 'M. Oduya', 'fail', 18, 95.0);
INSERT INTO exam VALUES (81, 35, 'practical', '2023-08-17', 'M. Oduya', 'pass', 8, 95.0);
INSERT INTO exam VALUES (82, 39, 'theory', '2023-08-21', 'M. Oduya', 'pass', 5, 32.0);
INSERT INTO exam VALUES (83, 31, 'practical', '2023-08-28', 'S. Lindgren', 'pass', 6, 95.0);
INSERT INTO exam VALUES (84, 36, 'practical', '2023-09-02', 'S. Lindgren', 'fail', 15, 90.0);
INSERT INTO exam VALUES (85, 38, 'theory', '2023-09-04', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (86, 44, 'theory', '2023-09-07', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (87, 37, 'practical', '2023-09-23', 'T. Bowers', 'pass', 3, 165.0);
INSERT INTO exam VALUES (88, 38, 'practical', '2023-09-23', 'S. Lindgren', 'pass', 4, 95.0);
INSERT INTO exam VALUES (89, 45, 'theory', '2023-09-23', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (90, 41, 'theory', '2023-09-25', 'P. Hargreaves', 'fail', 9, 32.0);
INSERT INTO exam VALUES (91, 40, 'theory', '2023-09-27', 'M. Oduya', 'pass', 6, 32.0);
INSERT INTO exam VALUES (92, 43, 'theory', '2023-09-30', 'P. Hargreaves', 'fail', 11, 32.0);
INSERT INTO exam VALUES (93, 44, 'practical', '2023-10-01', 'S. Lindgren', 'pass', 1, 180.0);
INSERT INTO exam VALUES (94, 41, 'theory', '2023-10-09', 'M. Oduya', 'pass', 3, 32.0);
INSERT INTO exam VALUES (95, 40, 'practical', '2023-10-12', 'S. Lindgren', 'pass', 3, 95.0);
INSERT INTO exam VALUES (96, 36, 'practical', '2023-10-15', 'T. Bowers', 'pass', 1, 90.0);
INSERT INTO exam VALUES (97, 46, 'theory', '2023-10-16', 'M. Oduya', 'pass', 0, 32.0);
INSERT INTO exam VALUES (98, 39, 'practical', '2023-10-22', 'S. Lindgren', 'pass', 8, 95.0);
INSERT INTO exam VALUES (99, 43, 'theory', '2023-10-22', 'P. Hargreaves', 'pass', 4, 32.0);
INSERT INTO exam VALUES (100, 46, 'practical', '2023-10-29', 'S. Lindgren', 'fail', 12, 60.0);
INSERT INTO exam VALUES (101, 49, 'theory', '2023-11-03', 'M. Oduya', 'pass', 0, 32.0);
INSERT INTO exam VALUES (102, 41, 'practical', '2023-11-12', 'S. Lindgren', 'fail', 12, 95.0);
INSERT INTO exam VALUES (103, 48, 'theory', '2023-11-12', 'M. Oduya', 'pass', 4, 32.0);
INSERT INTO exam VALUES (104, 52, 'theory', '2023-11-18', 'M. Oduya', 'pass', 6, 32.0);
INSERT INTO exam VALUES (105, 45, 'practical', '2023-11-20', 'S. Lindgren', 'fail', 22, 95.0);
INSERT INTO exam VALUES (106, 46, 'practical', '2023-11-22', 'T. Bowers', 'fail', 12, 60.0);
INSERT INTO exam VALUES (107, 48, 'practical', '2023-11-23', 'M. Oduya', 'fail', 15, 95.0);
INSERT INTO exam VALUES (108, 51, 'theory', '2023-12-10', 'M. Oduya', 'pass', 3, 32.0);
INSERT INTO exam VALUES (109, 45, 'practical', '2023-12-13', 'S. Lindgren', 'pass', 2, 95.0);
INSERT INTO exam VALUES (110, 50, 'theory', '2023-12-16', 'P. Hargreaves', 'pass', 5, 32.0);
INSERT INTO exam VALUES (111, 55, 'theory', '2023-12-18', 'P. Hargreaves', 'fail', 9, 32.0);
INSERT INTO exam VALUES (112, 51, 'practical', '2023-12-23', 'T. Bowers', 'pass', 5, 90.0);
INSERT INTO exam VALUES (113, 41, 'practical', '2023-12-26', 'T. Bowers', 'pass', 6, 95.0);
INSERT INTO exam VALUES (114, 46, 'practical', '2024-01-02', 'T. Bowers', 'fail', 22, 60.0);
INSERT INTO exam VALUES (115, 48, 'practical', '2024-01-05', 'S. Lindgren', 'pass', 4, 95.0);
INSERT INTO exam VALUES (116, 54, 'theory', '2024-01-08', 'P. Hargreaves', 'fail', 13, 32.0);
INSERT INTO exam VALUES (117, 53, 'theory', '2024-01-20', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (118, 55, 'theory', '2024-01-22', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (119, 52, 'practical', '2024-01-26', 'S. Lindgren', 'pass', 2, 95.0);
INSERT INTO exam VALUES (120, 56, 'theory', '2024-01-26', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (121, 54, 'theory', '2024-01-31', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (122, 53, 'practical', '2024-02-01', 'S. Lindgren', 'pass', 8, 75.0);
INSERT INTO exam VALUES (123, 57, 'theory', '2024-02-02', 'P. Hargreaves', 'pass', 3, 32.0);
INSERT INTO exam VALUES (124, 55, 'theory', '2024-02-06', 'M. Oduya', 'pass', 3, 32.0);
INSERT INTO exam VALUES (125, 56, 'practical', '2024-02-07', 'T. Bowers', 'pass', 1, 75.0);
INSERT INTO exam VALUES (126, 58, 'theory', '2024-02-11', 'P. Hargreaves', 'pass', 4, 32.0);
INSERT INTO exam VALUES (127, 58, 'practical', '2024-02-22', 'M. Oduya', 'pass', 6, 95.0);
INSERT INTO exam VALUES (128, 55, 'practical', '2024-02-29', 'T. Bowers', 'fail', 18, 95.0);
INSERT INTO exam VALUES (129, 59, 'theory', '2024-03-08', 'M. Oduya', 'fail', 13, 32.0);
INSERT INTO exam VALUES (130, 60, 'theory', '2024-03-08', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (131, 54, 'practical', '2024-03-15', 'M. Oduya', 'pass', 8, 95.0);
INSERT INTO exam VALUES (132, 55, 'practical', '2024-03-24', 'M. Oduya', 'pass', 5, 95.0);
INSERT INTO exam VALUES (133, 59, 'theory', '2024-04-07', 'M. Oduya', 'pass', 5, 32.0);
INSERT INTO exam VALUES (134, 59, 'practical', '2024-04-23', 'M. Oduya', 'pass', 6, 165.0);
INSERT INTO exam VALUES (135, 57, 'practical', '2024-04-26', 'M. Oduya', 'pass', 8, 95.0);
INSERT INTO exam VALUES (136, 62, 'theory', '2024-05-05', 'M. Oduya', 'pass', 2, 32.0);
INSERT INTO exam VALUES (137, 61, 'theory', '2024-05-10', 'M. Oduya', 'fail', 11, 32.0);
INSERT INTO exam VALUES (138, 61, 'theory', '2024-05-24', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (139, 60, 'practical', '2024-05-29', 'M. Oduya', 'fail', 18, 95.0);
INSERT INTO exam VALUES (140, 65, 'theory', '2024-06-06', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (141, 64, 'theory', '2024-06-07', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (142, 61, 'practical', '2024-06-11', 'T. Bowers', 'fail', 15, 90.0);
INSERT INTO exam VALUES (143, 63, 'theory', '2024-06-12', 'M. Oduya', 'pass', 5, 32.0);
INSERT INTO exam VALUES (144, 62, 'practical', '2024-06-16', 'M. Oduya', 'pass', 4, 95.0);
INSERT INTO exam VALUES (145, 60, 'practical', '2024-06-24', 'M. Oduya', 'fail', 22, 95.0);
INSERT INTO exam VALUES (146, 61, 'practical', '2024-07-08', 'T. Bowers', 'pass', 4, 90.0);
INSERT INTO exam VALUES (147, 60, 'practical', '2024-07-14', 'T. Bowers', 'fail', 18, 95.0);
INSERT INTO exam VALUES (148, 65, 'practical', '2024-07-17', 'T. Bowers', 'pass', 3, 110.0);
INSERT INTO exam VALUES (149, 66, 'theory', '2024-07-21', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (150, 64, 'practical', '2024-07-24', 'M. Oduya', 'pass', 1, 110.0);
INSERT INTO exam VALUES (151, 67, 'theory', '2024-07-28', 'P. Hargreaves', 'pass', 3, 32.0);
INSERT INTO exam VALUES (152, 69, 'theory', '2024-07-29', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (153, 63, 'practical', '2024-07-31', 'M. Oduya', 'pass', 8, 95.0);
INSERT INTO exam VALUES (154, 66, 'theory', '2024-08-05', 'M. Oduya', 'pass', 0, 32.0);
INSERT INTO exam VALUES (155, 69, 'theory', '2024-08-13', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (156, 67, 'practical', '2024-08-25', 'T. Bowers', 'fail', 15, 95.0);
INSERT INTO exam VALUES (157, 66, 'practical', '2024-09-02', 'M. Oduya', 'pass', 3, 95.0);
INSERT INTO exam VALUES (158, 71, 'theory', '2024-09-03', 'P. Hargreaves', 'pass', 3, 32.0);
INSERT INTO exam VALUES (159, 68, 'theory', '2024-09-04', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (160, 72, 'theory', '2024-09-08', 'P. Hargreaves', 'pass', 2, 32.0);
INSERT INTO exam VALUES (161, 69, 'practical', '2024-09-11', 'T. Bowers', 'fail', 12, 95.0);
INSERT INTO exam VALUES (162, 67, 'practical', '2024-09-12', 'M. Oduya', 'pass', 6, 95.0);
INSERT INTO exam VALUES (163, 73, 'theory', '2024-09-16', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (164, 71, 'practical', '2024-09-24', 'M. Oduya', 'pass', 6, 90.0);
INSERT INTO exam VALUES (165, 68, 'theory', '2024-10-05', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (166, 72, 'practical', '2024-10-12', 'M. Oduya', 'pass', 3, 110.0);
INSERT INTO exam VALUES (167, 69, 'practical', '2024-10-20', 'M. Oduya', 'pass', 1, 95.0);
INSERT INTO exam VALUES (168, 75, 'theory', '2024-10-21', 'M. Oduya', 'pass', 3, 32.0);
INSERT INTO exam VALUES (169, 74, 'theory', '2024-10-23', 'M. Oduya', 'pass', 0, 32.0);
INSERT INTO exam VALUES (170, 74, 'practical', '2024-11-02', 'S. Lindgren', 'pass', 5, 95.0);
INSERT INTO exam VALUES (171, 76, 'theory', '2024-11-02', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (172, 68, 'practical', '2024-11-07', 'T. Bowers', 'fail', 15, 95.0);
INSERT INTO exam VALUES (173, 78, 'theory', '2024-11-09', 'M. Oduya', 'pass', 1, 32.0);
INSERT INTO exam VALUES (174, 73, 'practical', '2024-11-24', 'M. Oduya', 'fail', 22, 95.0);
INSERT INTO exam VALUES (175, 68, 'practical', '2024-12-03', 'S. Lindgren', 'pass', 1, 95.0);
INSERT INTO exam VALUES (176, 81, 'theory', '2024-12-08', 'P. Hargreaves', 'pass', 3, 32.0);
INSERT INTO exam VALUES (177, 83, 'theory', '2024-12-08', 'M. Oduya', 'fail', 9, 32.0);
INSERT INTO exam VALUES (178, 79, 'theory', '2024-12-11', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (179, 84, 'theory', '2024-12-11', 'P. Hargreaves', 'fail', 13, 32.0);
INSERT INTO exam VALUES (180, 80, 'theory', '2024-12-15', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (181, 82, 'theory', '2024-12-18', 'M. Oduya', 'fail', 11, 32.0);
INSERT INTO exam VALUES (182, 76, 'practical', '2024-12-20', 'M. Oduya', 'pass', 3, 90.0);
INSERT INTO exam VALUES (183, 78, 'practical', '2024-12-31', 'M. Oduya', 'fail', 22, 95.0);
INSERT INTO exam VALUES (184, 73, 'practical', '2025-01-02', 'M. Oduya', 'fail', 18, 95.0);
INSERT INTO exam VALUES (185, 79, 'practical', '2025-01-03', 'S. Lindgren', 'fail', 12, 95.0);
INSERT INTO exam VALUES (186, 83, 'theory', '2025-01-07', 'P. Hargreaves', 'fail', 11, 32.0);
INSERT INTO exam VALUES (187, 82, 'theory', '2025-01-12', 'P. Hargreaves', 'pass', 0, 32.0);
INSERT INTO exam VALUES (188, 84, 'theory', '2025-01-13', 'P. Hargreaves', 'pass', 5, 32.0);
INSERT INTO exam VALUES (189, 78, 'practical', '2025-01-29', 'T. Bowers', 'pass', 3, 95.0);
INSERT INTO exam VALUES (190, 79, 'practical', '2025-02-04', 'S. Lindgren', 'pass', 6, 95.0);
INSERT INTO exam VALUES (191, 80, 'practical', '2025-02-04', 'T. Bowers', 'fail', 10, 110.0);
INSERT INTO exam VALUES (192, 73, 'practical', '2025-02-06', 'T. Bowers', 'pass', 8, 95.0);
INSERT INTO exam VALUES (193, 83, 'theory', '2025-02-10', 'P. Hargreaves', 'pass', 1, 32.0);
INSERT INTO exam VALUES (194, 84, 'practical', '2025-03-06', 'S. Lindgren', 'fail', 15, 95.0);
INSERT INTO exam VALUES (195, 80, 'practical', '2025-03-11', 'T. Bowers', 'pass', 5, 110.0);
INSERT INTO exam VALUES (196, 84, 'practical', '2025-04-13', 'S. Lindgren', NULL, NULL, 95.0);

INSERT INTO payment VALUES ('R2022-1001', 2, '2022-09-06', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2022-1002', 4, '2022-10-01', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1003', 2, '2022-10-05', 385.0, 'card');
INSERT INTO payment VALUES ('R2022-1004', 5, '2022-10-17', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1005', 6, '2022-11-01', 120.0, 'cash');
INSERT INTO payment VALUES ('R2022-1006', 7, '2022-11-03', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1007', 8, '2022-11-05', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2022-1008', 5, '2022-11-13', 240.0, 'card');
INSERT INTO payment VALUES ('R2022-1009', 2, '2022-11-19', 385.0, 'card');
INSERT INTO payment VALUES ('R2022-1010', 9, '2022-11-24', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2022-1011', 8, '2022-11-27', 460.0, 'card');
INSERT INTO payment VALUES ('R2022-1012', 10, '2022-11-30', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1013', 2, '2022-12-11', 240.0, 'card');
INSERT INTO payment VALUES ('R2022-1014', 6, '2022-12-11', 200.0, 'card');
INSERT INTO payment VALUES ('R2022-1015', 11, '2022-12-14', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2022-1016', 12, '2022-12-16', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1017', 13, '2022-12-18', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1018', 14, '2022-12-21', 120.0, 'card');
INSERT INTO payment VALUES ('R2022-1019', 15, '2022-12-27', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1020', 8, '2023-01-01', 275.5, 'card');
INSERT INTO payment VALUES ('R2023-1021', 16, '2023-01-01', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1022', 17, '2023-01-01', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1023', 9, '2023-01-07', 460.0, 'cash');
INSERT INTO payment VALUES ('R2023-1024', 18, '2023-01-13', 120.0, 'cash');
INSERT INTO payment VALUES ('R2023-1025', 6, '2023-01-15', 275.5, 'card');
INSERT INTO payment VALUES ('R2023-1026', 19, '2023-01-15', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1027', 21, '2023-01-16', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1028', 22, '2023-01-16', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1029', 23, '2023-01-21', 120.0, 'cash');
INSERT INTO payment VALUES ('R2023-1030', 24, '2023-01-25', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1031', 25, '2023-02-02', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1032', 12, '2023-02-05', 385.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1033', 14, '2023-02-07', 240.0, 'cash');
INSERT INTO payment VALUES ('R2023-1034', 13, '2023-02-08', 385.0, 'card');
INSERT INTO payment VALUES ('R2023-1035', 15, '2023-02-12', 310.0, 'cash');
INSERT INTO payment VALUES ('R2023-1036', 9, '2023-02-23', 310.0, 'card');
INSERT INTO payment VALUES ('R2023-1037', 26, '2023-02-24', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1038', 27, '2023-02-25', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1039', 8, '2023-02-26', 200.0, 'card');
INSERT INTO payment VALUES ('R2023-1040', 19, '2023-02-27', 275.5, 'transfer');
INSERT INTO payment VALUES ('R2023-1041', 16, '2023-02-28', 90.0, 'card');
INSERT INTO payment VALUES ('R2023-1042', 18, '2023-03-05', 385.0, 'card');
INSERT INTO payment VALUES ('R2023-1043', 21, '2023-03-12', 275.5, 'cash');
INSERT INTO payment VALUES ('R2023-1044', 28, '2023-03-13', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1045', 15, '2023-03-17', 200.0, 'cash');
INSERT INTO payment VALUES ('R2023-1046', 29, '2023-03-17', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1047', 14, '2023-03-19', 460.0, 'card');
INSERT INTO payment VALUES ('R2023-1048', 30, '2023-03-19', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1049', 19, '2023-03-20', 240.0, 'cash');
INSERT INTO payment VALUES ('R2023-1050', 31, '2023-03-26', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1051', 12, '2023-03-28', 310.0, 'card');
INSERT INTO payment VALUES ('R2023-1052', 32, '2023-04-01', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1053', 33, '2023-04-09', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1054', 9, '2023-04-13', 240.0, 'card');
INSERT INTO payment VALUES ('R2023-1055', 16, '2023-04-13', 150.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1056', 15, '2023-04-17', 385.0, 'card');
INSERT INTO payment VALUES ('R2023-1057', 32, '2023-04-23', 200.0, 'card');
INSERT INTO payment VALUES ('R2023-1058', 18, '2023-04-26', 385.0, 'cash');
INSERT INTO payment VALUES ('R2023-1059', 30, '2023-05-01', 240.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1060', 12, '2023-05-19', 310.0, 'card');
INSERT INTO payment VALUES ('R2023-1061', 31, '2023-05-19', 200.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1062', 34, '2023-05-25', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1063', 16, '2023-05-29', 150.0, 'card');
INSERT INTO payment VALUES ('R2023-1064', 32, '2023-05-29', 90.0, 'card');
INSERT INTO payment VALUES ('R2023-1065', 33, '2023-05-31', 240.0, 'cash');
INSERT INTO payment VALUES ('R2023-1066', 36, '2023-06-01', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1067', 37, '2023-06-13', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1068', 34, '2023-06-14', 310.0, 'cash');
INSERT INTO payment VALUES ('R2023-1069', 38, '2023-06-21', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1070', 39, '2023-06-22', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1071', 36, '2023-07-06', 460.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1072', 32, '2023-07-12', 310.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1073', 33, '2023-07-17', 240.0, 'card');
INSERT INTO payment VALUES ('R2023-1074', 40, '2023-07-19', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1075', 42, '2023-07-25', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1076', 43, '2023-07-28', 120.0, 'cash');
INSERT INTO payment VALUES ('R2023-1077', 36, '2023-08-06', 200.0, 'card');
INSERT INTO payment VALUES ('R2023-1078', 39, '2023-08-08', 275.5, 'card');
INSERT INTO payment VALUES ('R2023-1079', 44, '2023-08-10', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1080', 45, '2023-08-13', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1081', 46, '2023-08-16', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1082', 43, '2023-08-25', 385.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1083', 33, '2023-09-10', 240.0, 'card');
INSERT INTO payment VALUES ('R2023-1084', 47, '2023-09-16', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1085', 48, '2023-09-22', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1086', 42, '2023-09-23', 90.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1087', 44, '2023-09-30', 310.0, 'card');
INSERT INTO payment VALUES ('R2023-1088', 36, '2023-10-01', 150.0, 'card');
INSERT INTO payment VALUES ('R2023-1089', 49, '2023-10-04', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1090', 47, '2023-10-07', 460.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1091', 46, '2023-10-09', 90.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1092', 50, '2023-10-13', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1093', 51, '2023-10-20', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1094', 52, '2023-10-22', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1095', 50, '2023-11-09', 200.0, 'card');
INSERT INTO payment VALUES ('R2023-1096', 49, '2023-11-14', 200.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1097', 48, '2023-11-17', 200.0, 'cash');
INSERT INTO payment VALUES ('R2023-1098', 53, '2023-11-17', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1099', 52, '2023-11-18', 460.0, 'card');
INSERT INTO payment VALUES ('R2023-1100', 54, '2023-11-19', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1101', 55, '2023-11-23', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1102', 51, '2023-11-26', 275.5, 'transfer');
INSERT INTO payment VALUES ('R2023-1103', 56, '2023-11-29', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1104', 57, '2023-12-02', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1105', 53, '2023-12-09', 240.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1106', 58, '2023-12-11', 120.0, 'card');
INSERT INTO payment VALUES ('R2023-1107', 50, '2023-12-13', 90.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1108', 49, '2023-12-25', 310.0, 'card');
INSERT INTO payment VALUES ('R2023-1109', 56, '2023-12-25', 200.0, 'transfer');
INSERT INTO payment VALUES ('R2023-1110', 48, '2023-12-29', 275.5, 'card');
INSERT INTO payment VALUES ('R2024-1111', 51, '2024-01-02', 310.0, 'card');
INSERT INTO payment VALUES ('R2024-1112', 53, '2024-01-08', 150.0, 'card');
INSERT INTO payment VALUES ('R2024-1113', 57, '2024-01-08', 385.0, 'transfer');
INSERT INTO payment VALUES ('R2024-1114', 54, '2024-01-09', 240.0, 'cash');
INSERT INTO payment VALUES ('R2024-1115', 60, '2024-02-05', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2024-1116', 56, '2024-02-17', 385.0, 'card');
INSERT INTO payment VALUES ('R2024-1117', 49, '2024-02-19', 275.5, 'card');
INSERT INTO payment VALUES ('R2024-1118', 57, '2024-02-20', 275.5, 'transfer');
INSERT INTO payment VALUES ('R2024-1119', 56, '2024-03-14', 460.0, 'card');
INSERT INTO payment VALUES ('R2024-1120', 63, '2024-04-24', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1121', 64, '2024-04-25', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1122', 65, '2024-05-05', 120.0, 'cash');
INSERT INTO payment VALUES ('R2024-1123', 66, '2024-05-17', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1124', 67, '2024-05-28', 120.0, 'transfer');
INSERT INTO payment VALUES ('R2024-1125', 64, '2024-06-19', 460.0, 'card');
INSERT INTO payment VALUES ('R2024-1126', 67, '2024-06-22', 310.0, 'transfer');
INSERT INTO payment VALUES ('R2024-1127', 68, '2024-06-30', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1128', 69, '2024-07-04', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1129', 70, '2024-07-24', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1130', 71, '2024-07-29', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1131', 69, '2024-08-01', 385.0, 'card');
INSERT INTO payment VALUES ('R2024-1132', 72, '2024-08-03', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1133', 73, '2024-08-10', 120.0, 'cash');
INSERT INTO payment VALUES ('R2024-1134', 70, '2024-09-17', 310.0, 'card');
INSERT INTO payment VALUES ('R2024-1135', 71, '2024-09-20', 275.5, 'card');
INSERT INTO payment VALUES ('R2024-1136', 75, '2024-09-26', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1137', 76, '2024-10-01', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1138', 77, '2024-10-02', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1139', 78, '2024-10-04', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1140', 79, '2024-10-16', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1141', 80, '2024-10-19', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1142', 81, '2024-10-28', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1143', 78, '2024-11-02', 275.5, 'transfer');
INSERT INTO payment VALUES ('R2024-1144', 77, '2024-11-04', 310.0, 'card');
INSERT INTO payment VALUES ('R2024-1145', 80, '2024-11-08', 150.0, 'card');
INSERT INTO payment VALUES ('R2024-1146', 82, '2024-11-08', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1147', 83, '2024-11-10', 120.0, 'card');
INSERT INTO payment VALUES ('R2024-1148', 79, '2024-11-16', 200.0, 'card');
INSERT INTO payment VALUES ('R2024-1149', 84, '2024-11-16', 120.0, 'cash');
INSERT INTO payment VALUES ('R2024-1150', 75, '2024-11-25', 275.5, 'cash');
INSERT INTO payment VALUES ('R2024-1151', 76, '2024-11-30', 310.0, 'card');
INSERT INTO payment VALUES ('R2024-1152', 84, '2024-12-06', 385.0, 'transfer');
INSERT INTO payment VALUES ('R2024-1153', 78, '2024-12-10', 385.0, 'transfer');
INSERT INTO payment VALUES ('R2024-1154', 80, '2024-12-12', 150.0, 'cash');
INSERT INTO payment VALUES ('R2024-1155', 81, '2024-12-22', 460.0, 'card');
INSERT INTO payment VALUES ('R2024-1156', 77, '2024-12-23', 310.0, 'transfer');
INSERT INTO payment VALUES ('R2025-1157', 75, '2025-01-06', 240.0, 'card');
INSERT INTO payment VALUES ('R2025-1158', 79, '2025-01-11', 460.0, 'card');
INSERT INTO payment VALUES ('R2025-1159', 77, '2025-01-20', 150.0, 'card');
INSERT INTO payment VALUES ('R2025-1160', 78, '2025-01-30', 240.0, 'card');
INSERT INTO payment VALUES ('R2025-1161', 81, '2025-02-13', 460.0, 'card');
INSERT INTO payment VALUES ('R2025-1162', 81, '2025-03-06', 460.0, 'transfer');
