-- An insurer: holders, policies of several products, claims with codes, agents, payouts; dates day first.
CREATE TABLE holder (holder_no INTEGER PRIMARY KEY, full_name TEXT, town TEXT, born TEXT, smoker TEXT);
CREATE TABLE broker (broker_no INTEGER PRIMARY KEY, broker_name TEXT, office TEXT, commission_pct NUMERIC);
CREATE TABLE product (product_code TEXT PRIMARY KEY, title TEXT, line TEXT);
CREATE TABLE policy (policy_no TEXT PRIMARY KEY, holder_no INTEGER REFERENCES holder(holder_no), product_code TEXT REFERENCES product(product_code), broker_no INTEGER REFERENCES broker(broker_no), start_date TEXT, end_date TEXT, annual_premium NUMERIC, sum_insured NUMERIC, state TEXT);
CREATE TABLE claim (claim_no INTEGER PRIMARY KEY, policy_no TEXT REFERENCES policy(policy_no), reported_on TEXT, cause TEXT, amount_claimed NUMERIC, amount_paid NUMERIC, decision TEXT);
CREATE TABLE adjuster (adjuster_id INTEGER PRIMARY KEY, adjuster_name TEXT, senior TEXT);
CREATE TABLE claim_adjuster (claim_no INTEGER REFERENCES claim(claim_no), adjuster_id INTEGER REFERENCES adjuster(adjuster_id), PRIMARY KEY (claim_no, adjuster_id));
INSERT INTO holder VALUES (1,'Marta Klein','Ulm','12.04.1975','N'),(2,'Jon Byrne','Cork','30.09.1988','Y'),(3,'Ilse Graf','Ulm','01.01.1949','N'),(4,'Remy Petit','Lyon','23.06.1996','Y'),(5,'Oda Lie','Oslo','11.11.1982','N');
INSERT INTO broker VALUES (1,'Hansa Broking','Hamburg',5.5),(2,'Aegis Partners','Dublin',7),(3,'Direkt','Ulm',0);
INSERT INTO product VALUES ('CAR1','Car comprehensive','motor'),('CAR2','Car third party','motor'),('HOM1','Home contents','property'),('LIF1','Term life','life');
INSERT INTO policy VALUES ('P-100',1,'CAR1',1,'01.01.2022','31.12.2024',820,30000,'active'),('P-101',1,'HOM1',3,'15.03.2023','14.03.2025',210,60000,'active'),('P-102',2,'CAR2',2,'01.07.2021','30.06.2023',390,0,'lapsed'),('P-103',3,'LIF1',1,'10.10.2015','09.10.2035',1400,150000,'active'),('P-104',4,'HOM1',2,'05.05.2024',NULL,260,45000,'active'),('P-105',4,'CAR1',2,'05.05.2024','04.05.2025',990,25000,'cancelled');
INSERT INTO claim VALUES (1,'P-100','03.02.2023','collision',4200,3900,'accepted'),(2,'P-100','19.08.2023','hail',1500,1500,'accepted'),(3,'P-101','02.12.2023','water damage',8000,NULL,'pending'),(4,'P-102','14.11.2022','collision',2600,0,'rejected'),(5,'P-104','01.06.2024','theft',5200,NULL,'pending');
INSERT INTO adjuster VALUES (1,'Wim Dekker','Y'),(2,'Asta Holm','N'),(3,'Leo Varga','N');
INSERT INTO claim_adjuster VALUES (1,1),(1,2),(2,2),(3,1),(4,2);
