-- A web shop as an ORM makes it: plural names, created_at everywhere, soft deletion, addresses twice, money in cents, a view.
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT, country_code TEXT, created_at TEXT, deleted_at TEXT);
CREATE TABLE addresses (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), street TEXT, city TEXT, zip TEXT);
CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT, title TEXT, category TEXT, price_cents INTEGER, weight_g INTEGER, discontinued INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), status TEXT, ship_address_id INTEGER REFERENCES addresses(id), bill_address_id INTEGER REFERENCES addresses(id), created_at TEXT, shipped_at TEXT);
CREATE TABLE order_items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), product_id INTEGER NOT NULL REFERENCES products(id), qty INTEGER, unit_price_cents INTEGER);
CREATE TABLE reviews (id INTEGER PRIMARY KEY, product_id INTEGER REFERENCES products(id), user_id INTEGER REFERENCES users(id), stars INTEGER, body TEXT, created_at TEXT);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE product_tags (product_id INTEGER REFERENCES products(id), tag_id INTEGER REFERENCES tags(id), PRIMARY KEY (product_id, tag_id));
CREATE VIEW order_totals AS SELECT order_id, SUM(qty*unit_price_cents) AS total_cents FROM order_items GROUP BY order_id;
INSERT INTO users VALUES (1,'amy@s.example','Amy','GB','2023-01-05 10:00:00',NULL),(2,'bob@s.example','Bob','DE','2023-02-10 11:00:00',NULL),(3,'cyd@s.example','Cyd','DE','2023-06-21 09:00:00','2024-01-01 00:00:00'),(4,'dan@s.example','Dan','FR','2024-03-15 08:30:00',NULL);
INSERT INTO addresses VALUES (1,1,'High St 1','London','N1'),(2,2,'Ring 5','Berlin','10115'),(3,2,'Am See 9','Munich','80331'),(4,3,'Hafen 2','Hamburg','20457');
INSERT INTO products VALUES (1,'LMP-1','Desk Lamp','lighting',2999,1200,0),(2,'CHR-1','Oak Chair','furniture',8900,7500,0),(3,'TBL-1','Oak Table','furniture',24900,31000,0),(4,'BLB-1','Bulb','lighting',399,60,1),(5,'RUG-1','Wool Rug','textiles',12900,5200,0);
INSERT INTO orders VALUES (1,1,'shipped',1,1,'2023-03-01 12:00:00','2023-03-02 09:00:00'),(2,2,'shipped',2,3,'2023-04-11 15:00:00','2023-04-12 10:00:00'),(3,2,'cancelled',3,3,'2023-11-24 18:00:00',NULL),(4,3,'pending',4,4,'2023-12-30 20:00:00',NULL),(5,1,'shipped',1,1,'2024-02-14 07:00:00','2024-02-16 13:00:00'),(6,2,'pending',2,2,'2024-04-01 10:00:00',NULL);
INSERT INTO order_items VALUES (1,1,1,2,2999),(2,1,4,4,399),(3,2,2,4,8500),(4,3,3,1,24900),(5,4,5,1,12900),(6,5,2,2,8900),(7,5,1,1,2999),(8,6,4,10,350);
INSERT INTO reviews VALUES (1,1,1,5,'bright','2023-03-20 10:00:00'),(2,2,2,4,'solid','2023-05-01 10:00:00'),(3,1,3,2,'wobbly','2023-07-07 10:00:00'),(4,2,1,5,'lovely','2024-03-01 10:00:00'),(5,4,2,1,'broke','2024-04-20 10:00:00');
INSERT INTO tags VALUES (1,'wood'),(2,'sale'),(3,'new'),(4,'gift');
INSERT INTO product_tags VALUES (2,1),(3,1),(3,2),(4,2),(5,3);
