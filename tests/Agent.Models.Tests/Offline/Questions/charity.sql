-- A charity: donors (people and firms), gifts to campaigns, volunteers and shifts, grants given out; money in cents, epoch seconds.
CREATE TABLE tbl_donor (donor_pk INTEGER PRIMARY KEY, display_name TEXT, donor_type TEXT, country_code TEXT, email TEXT, newsletter TEXT, first_gift_ts INTEGER);
CREATE TABLE tbl_campaign (campaign_pk INTEGER PRIMARY KEY, campaign_name TEXT, goal_cents INTEGER, launched_ts INTEGER, ended_ts INTEGER, owner_pk INTEGER REFERENCES tbl_staff(staff_pk));
CREATE TABLE tbl_staff (staff_pk INTEGER PRIMARY KEY, staff_name TEXT, job_title TEXT, boss_pk INTEGER REFERENCES tbl_staff(staff_pk));
CREATE TABLE tbl_gift (gift_pk INTEGER PRIMARY KEY, donor_pk INTEGER REFERENCES tbl_donor(donor_pk), campaign_pk INTEGER REFERENCES tbl_campaign(campaign_pk), amount_cents INTEGER, given_ts INTEGER, channel TEXT, recurring TEXT, refunded TEXT);
CREATE TABLE tbl_volunteer (volunteer_pk INTEGER PRIMARY KEY, volunteer_name TEXT, city TEXT, languages TEXT);
CREATE TABLE tbl_shift (shift_pk INTEGER PRIMARY KEY, volunteer_pk INTEGER REFERENCES tbl_volunteer(volunteer_pk), campaign_pk INTEGER REFERENCES tbl_campaign(campaign_pk), hours NUMERIC);
CREATE TABLE tbl_grant (grant_pk INTEGER PRIMARY KEY, recipient TEXT, purpose TEXT, amount_cents INTEGER, approved_by INTEGER REFERENCES tbl_staff(staff_pk), status_cd TEXT);
INSERT INTO tbl_staff VALUES (1,'Helga Moos','director',NULL),(2,'Arun Nair','campaigner',1),(3,'Beth Quinn','campaigner',1),(4,'Tom Ek','intern',2);
INSERT INTO tbl_donor VALUES (1,'Ursula Frei','person','CH','u@frei.example','Y',1580515200),(2,'Nordbank AG','company','DE','csr@nordbank.example','N',1612137600),(3,'Jack Lowe','person','GB',NULL,'Y',1643673600),(4,'Solar Sud','company','FR','info@sud.example','Y',NULL),(5,'Mina Park','person','KR','mina@park.example','N',1675209600);
INSERT INTO tbl_campaign VALUES (1,'Clean Rivers',5000000,1577836800,1609459199,2),(2,'School Meals',2500000,1640995200,NULL,3),(3,'Tree Walk',800000,1672531200,NULL,2);
INSERT INTO tbl_gift VALUES (1,1,1,25000,1580515200,'online','N','N'),(2,1,2,10000,1643760000,'online','Y','N'),(3,2,1,1500000,1612137600,'transfer','N','N'),(4,3,2,5000,1643673600,'street','N','Y'),(5,3,2,7500,1646092800,'online','Y','N'),(6,5,2,12000,1675209600,'online','N','N'),(7,1,3,50000,1677628800,'transfer','N','N');
INSERT INTO tbl_volunteer VALUES (1,'Lio Baum','Bern','German, French'),(2,'Ada Pons','Lyon','French'),(3,'Kit Shaw','Bern','English');
INSERT INTO tbl_shift VALUES (1,1,2,5),(2,1,3,3.5),(3,2,2,6),(4,1,2,4);
INSERT INTO tbl_grant VALUES (1,'River Watch','sensors',900000,1,'PAID'),(2,'Canteen Coop','kitchen',1200000,1,'APPROVED'),(3,'Green Lane','saplings',300000,2,'REJECTED');
