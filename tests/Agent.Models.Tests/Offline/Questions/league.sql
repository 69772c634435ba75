-- A football league: two teams in each match, players with careers, goals, cards as codes, referees.
CREATE TABLE club (club_id INTEGER PRIMARY KEY, club_name TEXT, city TEXT, founded INTEGER, stadium TEXT, capacity INTEGER);
CREATE TABLE player (player_id INTEGER PRIMARY KEY, name TEXT, club_id INTEGER REFERENCES club(club_id), position TEXT, birth_date TEXT, height_cm INTEGER, nationality TEXT, market_value NUMERIC, injured INTEGER);
CREATE TABLE referee (referee_id INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE game (game_id INTEGER PRIMARY KEY, home_club_id INTEGER REFERENCES club(club_id), away_club_id INTEGER REFERENCES club(club_id), played_on TEXT, home_goals INTEGER, away_goals INTEGER, attendance INTEGER, referee_id INTEGER REFERENCES referee(referee_id));
CREATE TABLE goal (goal_id INTEGER PRIMARY KEY, game_id INTEGER REFERENCES game(game_id), player_id INTEGER REFERENCES player(player_id), minute INTEGER, own_goal INTEGER);
CREATE TABLE booking (booking_id INTEGER PRIMARY KEY, game_id INTEGER REFERENCES game(game_id), player_id INTEGER REFERENCES player(player_id), card TEXT, minute INTEGER);
INSERT INTO club VALUES (1,'Union Hafen','Kiel',1899,'Hafenstadion',21000),(2,'Racing Vale','Leeds',1919,'Vale Park',34000),(3,'Sporting Lago','Como',1907,'Stadio Lago',13000),(4,'Nordic Stars','Aarhus',1932,'Fjord Arena',18500);
INSERT INTO player VALUES (1,'Timo Rask',1,'forward','1998-03-03',184,'Germany',4500000,0),(2,'Abel Costa',1,'goalkeeper','1990-12-12',192,'Portugal',900000,0),(3,'Joe Marsh',2,'midfielder','2001-07-21',176,'England',7000000,1),(4,'Luca Ferri',3,'forward','1995-05-15',179,'Italy',3200000,0),(5,'Mads Holt',4,'defender','1999-10-01',188,'Denmark',2100000,0),(6,'Sam Oduya',2,'forward','2003-01-30',181,'England',NULL,0),(7,'Rico Bianchi',NULL,'defender','1987-08-08',183,'Italy',150000,0);
INSERT INTO referee VALUES (1,'Petra Lang','Germany'),(2,'Owen Price','Wales'),(3,'Iker Sola','Spain');
INSERT INTO game VALUES (1,1,2,'2024-03-02',2,1,19500,1),(2,3,4,'2024-03-03',0,0,8200,2),(3,2,3,'2024-03-16',3,2,30100,1),(4,4,1,'2024-03-17',1,2,15000,2),(5,1,3,'2024-04-06',1,1,17800,1);
INSERT INTO goal VALUES (1,1,1,12,0),(2,1,1,80,0),(3,1,3,55,0),(4,3,6,5,0),(5,3,6,40,0),(6,3,3,71,0),(7,3,4,60,0),(8,3,4,88,0),(9,4,5,33,0),(10,4,1,20,0),(11,4,5,90,1),(12,5,1,10,0),(13,5,4,45,0);
INSERT INTO booking VALUES (1,1,3,'yellow',30),(2,1,3,'red',77),(3,2,5,'yellow',50),(4,3,4,'yellow',15),(5,5,2,'yellow',89);
