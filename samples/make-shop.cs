#:package Microsoft.Data.Sqlite.Core
#:package SQLitePCLRaw.bundle_e_sqlite3
#:property TreatWarningsAsErrors=false
#:property NoWarn=CA2100

// Makes samples/shop.sqlite: the same data every time, from a fixed sequence instead of chance.
// Run from anywhere: dotnet run samples/make-shop.cs [FILE]
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

SQLitePCL.Batteries_V2.Init();
var file = args.Length > 0 ? args[0] : Path.Combine(Path.GetDirectoryName(Here())!, "shop.sqlite");
File.Delete(file);
using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
connection.Open();
using var transaction = connection.BeginTransaction();

Run("""
    CREATE TABLE suppliers (supplier_id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL);
    CREATE TABLE products (
      sku TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, price NUMERIC NOT NULL, weight_kg REAL NOT NULL,
      supplier_id INTEGER NOT NULL REFERENCES suppliers (supplier_id));
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, country TEXT NOT NULL, since TEXT NOT NULL);
    CREATE TABLE orders (
      order_id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (customer_id), placed TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('open', 'shipped', 'delivered', 'cancelled')));
    CREATE TABLE order_lines (
      order_id INTEGER NOT NULL REFERENCES orders (order_id), line INTEGER NOT NULL, sku TEXT NOT NULL REFERENCES products (sku),
      quantity INTEGER NOT NULL, unit_price NUMERIC NOT NULL, PRIMARY KEY (order_id, line));
    CREATE INDEX orders_by_customer ON orders (customer_id);
    CREATE INDEX lines_by_product ON order_lines (sku);
    """);

string[] suppliers = ["Brahmaputra Gardens|India", "Uji Leaf Cooperative|Japan", "Sidama Growers|Ethiopia", "Alster Tableware|Germany", "Kanal Tools|Netherlands"];
for (var i = 0; i < suppliers.Length; i++)
{
    var parts = suppliers[i].Split('|');
    Run("INSERT INTO suppliers VALUES ($1, $2, $3)", i + 1, parts[0], parts[1]);
}

(string Sku, string Name, string Category, decimal Price, double Weight, int Supplier)[] products =
[
    ("TEA-ASSAM-250", "Assam tea, 250 g", "tea", 9.90m, 0.30, 1),
    ("TEA-SENCHA-100", "Sencha tea, 100 g", "tea", 12.50m, 0.15, 2),
    ("COF-ETHIO-500", "Ethiopian coffee beans, 500 g", "coffee", 14.20m, 0.55, 3),
    ("COF-DECAF-500", "Decaffeinated coffee beans, 500 g", "coffee", 13.40m, 0.55, 3),
    ("POT-CAST-08", "Cast-iron teapot, 0.8 l", "equipment", 48.00m, 1.90, 2),
    ("GRI-HAND-01", "Hand coffee grinder", "equipment", 64.50m, 0.80, 5),
    ("CUP-PORC-04", "Porcelain cups, set of four", "tableware", 27.00m, 1.10, 4),
    ("KET-GOOSE-10", "Gooseneck kettle, 1.0 l", "equipment", 79.00m, 1.30, 5),
];
foreach (var product in products)
{
    Run("INSERT INTO products VALUES ($1, $2, $3, $4, $5, $6)", product.Sku, product.Name, product.Category, product.Price, product.Weight, product.Supplier);
}

string[] first = ["Ada", "Bruno", "Carla", "Deniz", "Elif", "Finn", "Greta", "Hugo", "Ida", "Jonas"];
string[] last = ["Almeida", "Berg", "Costa", "Dahl", "Eriksen", "Fischer"];
string[] places = ["Hamburg|Germany", "Berlin|Germany", "Rotterdam|Netherlands", "Porto|Portugal", "Oslo|Norway", "Lyon|France", "Vienna|Austria"];
for (var i = 0; i < 60; i++)
{
    var place = places[i * 5 % places.Length].Split('|');
    Run("INSERT INTO customers VALUES ($1, $2, $3, $4, $5)", i + 1, $"{first[i % first.Length]} {last[i / first.Length]}", place[0], place[1], Date(2023, 1, 9, i * 11));
}

string[] statuses = ["delivered", "delivered", "delivered", "shipped", "delivered", "cancelled", "open"];
for (var i = 0; i < 400; i++)
{
    Run("INSERT INTO orders VALUES ($1, $2, $3, $4)", i + 1, (i * 37 % 60) + 1, Date(2024, 1, 3, i * 2), i > 370 ? "open" : statuses[i * 3 % statuses.Length]);
    for (var line = 1; line <= (i % 3) + 1; line++)
    {
        var product = products[(i + (line * 3)) * 5 % products.Length];
        Run("INSERT INTO order_lines VALUES ($1, $2, $3, $4, $5)", i + 1, line, product.Sku, (i * line % 4) + 1, product.Price);
    }
}

transaction.Commit();
Run("VACUUM");

static string Here([CallerFilePath] string path = "") => path;

static string Date(int year, int month, int day, int later) => new DateOnly(year, month, day).AddDays(later).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

void Run(string sql, params object[] values)
{
    using var command = connection.CreateCommand();
    command.CommandText = sql;
    for (var i = 0; i < values.Length; i++)
    {
        command.Parameters.AddWithValue("$" + (i + 1).ToString(CultureInfo.InvariantCulture), values[i]);
    }

    command.ExecuteNonQuery();
}
