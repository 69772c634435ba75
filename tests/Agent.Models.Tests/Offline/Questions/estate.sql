-- Letting of flats: properties, tenants, contracts with rent in currency units, inspections, agents, a bridge of amenities.
CREATE TABLE agent (agent_id INTEGER PRIMARY KEY, name TEXT, office TEXT, commission_pct REAL, hired_date TEXT);
CREATE TABLE property (property_id INTEGER PRIMARY KEY, address TEXT, district TEXT, rooms INTEGER, area_sqm REAL, year_built INTEGER, has_balcony INTEGER, agent_id INTEGER REFERENCES agent(agent_id));
CREATE TABLE tenant (tenant_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, occupation TEXT, phone TEXT);
CREATE TABLE contract (contract_id INTEGER PRIMARY KEY, property_id INTEGER REFERENCES property(property_id), tenant_id INTEGER REFERENCES tenant(tenant_id), start_date TEXT, end_date TEXT, monthly_rent REAL, deposit REAL);
CREATE TABLE inspection (inspection_id INTEGER PRIMARY KEY, property_id INTEGER REFERENCES property(property_id), inspected_on TEXT, inspector TEXT, result TEXT, defects INTEGER);
CREATE TABLE amenity (amenity_id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE property_amenity (property_id INTEGER REFERENCES property(property_id), amenity_id INTEGER REFERENCES amenity(amenity_id), PRIMARY KEY (property_id, amenity_id));
INSERT INTO agent VALUES (1,'Sven Holt','North',2.5,'2015-02-01'),(2,'Tara Biel','South',3.0,'2019-08-15'),(3,'Udo Kern','North',2.0,'2022-05-05');
INSERT INTO property VALUES (1,'Elm 1','Old Town',3,78.5,1925,1,1),(2,'Elm 9','Old Town',1,34,1988,0,1),(3,'Dock 4','Harbour',4,120,2015,1,2),(4,'Dock 6','Harbour',2,55,2015,0,2),(5,'Hill 20','Green Hill',5,160,1970,1,NULL),(6,'Hill 22','Green Hill',2,61,1970,0,3);
INSERT INTO tenant VALUES (1,'Vera','Adler','nurse','100'),(2,'Willi','Bach','teacher',NULL),(3,'Xenia','Conrad','engineer','300'),(4,'Yan','Dietz','nurse','400');
INSERT INTO contract VALUES (1,1,1,'2020-01-01',NULL,950,1900),(2,2,2,'2021-06-01','2023-05-31',480,960),(3,2,3,'2023-06-01',NULL,520,1040),(4,3,4,'2022-03-01',NULL,1650,3300),(5,4,2,'2023-06-15',NULL,790,1580);
INSERT INTO inspection VALUES (1,1,'2023-02-10','TUV','passed',0),(2,2,'2023-03-11','TUV','failed',4),(3,2,'2023-06-20','Dekra','passed',1),(4,5,'2022-10-01','Dekra','failed',7),(5,3,'2024-01-15','TUV','passed',0);
INSERT INTO amenity VALUES (1,'elevator'),(2,'garage'),(3,'sauna'),(4,'fireplace');
INSERT INTO property_amenity VALUES (3,1),(3,2),(4,1),(5,2),(5,4),(1,4);
