-- An issue tracker: people in two roles on an issue, labels in a bridge, comments, codes for state and priority.
CREATE TABLE account (id INTEGER PRIMARY KEY, handle TEXT UNIQUE, display_name TEXT, email TEXT, is_admin INTEGER, joined TEXT, team_id INTEGER REFERENCES team(id));
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT, budget_eur INTEGER);
CREATE TABLE project (id INTEGER PRIMARY KEY, key TEXT, name TEXT, lead_id INTEGER REFERENCES account(id), archived INTEGER, created_at TEXT);
CREATE TABLE issue (id INTEGER PRIMARY KEY, project_id INTEGER REFERENCES project(id), number INTEGER, title TEXT, body TEXT, state TEXT, priority TEXT, reporter_id INTEGER REFERENCES account(id), assignee_id INTEGER REFERENCES account(id), created_at TEXT, closed_at TEXT, estimate_hours REAL);
CREATE TABLE label (id INTEGER PRIMARY KEY, name TEXT, colour TEXT);
CREATE TABLE issue_label (issue_id INTEGER REFERENCES issue(id), label_id INTEGER REFERENCES label(id), PRIMARY KEY (issue_id, label_id));
CREATE TABLE comment (id INTEGER PRIMARY KEY, issue_id INTEGER REFERENCES issue(id), author_id INTEGER REFERENCES account(id), posted_at TEXT, text TEXT);
CREATE TABLE worklog (id INTEGER PRIMARY KEY, issue_id INTEGER REFERENCES issue(id), account_id INTEGER REFERENCES account(id), day TEXT, hours REAL);
INSERT INTO team VALUES (1,'Platform',120000),(2,'Mobile',80000),(3,'Docs',20000);
INSERT INTO account VALUES (1,'nils','Nils Aker','nils@x.example',1,'2020-02-01',1),(2,'sofi','Sofia Marin','sofia@x.example',0,'2021-06-15',1),(3,'dan','Dan Cole','dan@x.example',0,'2022-01-10',2),(4,'yuki','Yuki Mori',NULL,0,'2023-09-01',2),(5,'ben','Ben Adler','ben@x.example',1,'2019-11-20',NULL);
INSERT INTO project VALUES (1,'API','Public API',1,0,'2021-01-05'),(2,'APP','Phone app',3,0,'2022-03-01'),(3,'OLD','Legacy site',5,1,'2018-05-05');
INSERT INTO issue VALUES (1,1,1,'Login fails with umlauts','...','closed','high',2,1,'2024-01-10','2024-01-20',8),(2,1,2,'Rate limit header missing','...','open','medium',3,2,'2024-02-01',NULL,3),(3,1,3,'Docs for paging','...','open','low',1,NULL,'2024-02-15',NULL,2),(4,2,1,'Crash on start','...','closed','critical',4,3,'2024-03-01','2024-03-02',16),(5,2,2,'Dark mode','...','in_review','low',2,4,'2024-03-10',NULL,24),(6,2,3,'Slow scrolling','...','open','high',4,3,'2024-04-01',NULL,NULL),(7,3,1,'Broken footer','...','wontfix','low',5,NULL,'2019-06-01','2020-01-01',NULL);
INSERT INTO label VALUES (1,'bug','red'),(2,'feature','green'),(3,'documentation','blue'),(4,'security','orange');
INSERT INTO issue_label VALUES (1,1),(1,4),(2,1),(3,3),(4,1),(5,2),(6,1);
INSERT INTO comment VALUES (1,1,1,'2024-01-11','Looking'),(2,1,2,'2024-01-12','Still broken'),(3,4,3,'2024-03-01','Fixed'),(4,5,4,'2024-03-12','Draft ready'),(5,5,2,'2024-03-13','Nice'),(6,5,3,'2024-03-14','Merge?');
INSERT INTO worklog VALUES (1,1,1,'2024-01-12',4),(2,1,1,'2024-01-15',5.5),(3,4,3,'2024-03-01',6),(4,4,3,'2024-03-02',3),(5,5,4,'2024-03-11',8),(6,2,2,'2024-02-03',1.5);
