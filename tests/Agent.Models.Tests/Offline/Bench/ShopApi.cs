using System.Text.Json.Nodes;

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>The operations of a small shop's API, as a server offers those of an OpenAPI document, over data of its own.</summary>
internal static class ShopApi
{
    private static readonly JsonArray Products = JsonNode.Parse("""
        [{"sku":"TEA-ASSAM-250","name":"Assam 250 g","category":"tea","price":8.9,"weightKg":0.27},{"sku":"TEA-SENCHA-100","name":"Sencha 100 g","category":"tea","price":12.5,"weightKg":0.12},
         {"sku":"COF-YIRGA-500","name":"Yirgacheffe 500 g","category":"coffee","price":17.4,"weightKg":0.52},{"sku":"EQ-KETTLE-1","name":"Gooseneck kettle","category":"equipment","price":64.0,"weightKg":1.3}]
        """)!.AsArray();

    private static readonly JsonArray Orders = JsonNode.Parse("""
        [{"id":1001,"customer":"Ines Duarte","country":"PT","status":"delivered","placed":"2026-03-02","total":43.1},{"id":1002,"customer":"Jan Novak","country":"CZ","status":"open","placed":"2026-04-11","total":17.4},
         {"id":1003,"customer":"Mia Lund","country":"DK","status":"shipped","placed":"2026-04-15","total":128.0},{"id":1004,"customer":"Ines Duarte","country":"PT","status":"open","placed":"2026-04-20","total":25.0}]
        """)!.AsArray();

    public static IReadOnlyList<BenchTool> Tools { get; } =
    [
        new("web__listProducts", "List the products of the shop with their prices", """{"type":"object","properties":{"category":{"type":"string","enum":["tea","coffee","equipment","tableware"],"description":"Only products of this category."},"search":{"type":"string","description":"Only products whose name or SKU contains this text."}}}""",
            a => List("products", Products, p => (a["category"] is not { } c || p["category"]!.ToString() == c.ToString()) && (a["search"] is not { } s || $"{p["name"]} {p["sku"]}".Contains(s.ToString(), StringComparison.OrdinalIgnoreCase)))),
        new("web__getProduct", "Get one product by its SKU", """{"type":"object","properties":{"sku":{"type":"string","description":"The product's SKU."}},"required":["sku"]}""", a => One("products/" + a["sku"], Products, "sku", a["sku"]!)),
        new("web__listStock", "List the stock level of every product. How many of each product are in the warehouse, reserved by open orders, and available.", """{"type":"object","properties":{"low":{"type":"boolean","description":"Only products whose available stock is below the level at which they are reordered."}}}""",
            a => List("stock", new JsonArray(new JsonObject { ["sku"] = "EQ-KETTLE-1", ["available"] = 2, ["reorderAt"] = 5 }, new JsonObject { ["sku"] = "TEA-ASSAM-250", ["available"] = 80, ["reorderAt"] = 20 }), p => a["low"] is null || (int)p["available"]! < (int)p["reorderAt"]!)),
        new("web__getStock", "Get the stock level of one product", """{"type":"object","properties":{"sku":{"type":"string","description":"The product's SKU."}},"required":["sku"]}""", a => new BenchResult("", Reply("stock/" + a["sku"], new JsonObject { ["sku"] = a["sku"]!.ToString(), ["available"] = 80 }))),
        new("web__adjustStock", "Change the stock of one product. Adds to the stock, or takes from it with a negative change, and gives the new level.", """{"type":"object","properties":{"sku":{"type":"string","description":"The product's SKU."},"body":{"type":"object","properties":{"change":{"type":"integer","description":"How many pieces come in, or go out where negative."},"reason":{"type":"string"}},"required":["change","reason"]}},"required":["sku","body"]}""", a => new BenchResult("", Reply("stock", a))),
        new("web__listOrders", "List the orders of the shop", """{"type":"object","properties":{"status":{"type":"string","enum":["open","shipped","delivered","cancelled"],"description":"Only orders in this state."},"customer":{"type":"string","description":"Only orders whose customer's name contains this text."},"country":{"type":"string","description":"Only orders to this country: its two-letter code."}}}""",
            a => List("orders", Orders, o => (a["status"] is not { } s || o["status"]!.ToString() == s.ToString()) && (a["customer"] is not { } c || o["customer"]!.ToString().Contains(c.ToString(), StringComparison.OrdinalIgnoreCase)) && (a["country"] is not { } l || o["country"]!.ToString() == l.ToString()))),
        new("web__createOrder", "Place a new order", """{"type":"object","properties":{"body":{"type":"object","properties":{"customer":{"type":"string"},"country":{"type":"string","description":"Where it goes: a two-letter country code."},"lines":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"},"quantity":{"type":"integer"}},"required":["sku","quantity"]}},"note":{"type":"string"}},"required":["customer","country","lines"]}},"required":["body"]}""",
            a => new BenchResult("", Reply("orders", new JsonObject { ["id"] = 1005, ["order"] = a["body"]!.DeepClone() }))),
        new("web__getOrder", "Get one order by its number", """{"type":"object","properties":{"orderId":{"type":"integer","description":"The order's number."}},"required":["orderId"]}""", a => One("orders/" + a["orderId"], Orders, "id", a["orderId"]!)),
        new("web__cancelOrder", "Cancel an open order", """{"type":"object","properties":{"orderId":{"type":"integer","description":"The order's number."},"body":{"type":"object","properties":{"reason":{"type":"string"}},"required":["reason"]}},"required":["orderId","body"]}""", a => new BenchResult("", Reply("cancel", new JsonObject { ["id"] = a["orderId"]!.DeepClone(), ["status"] = "cancelled" }))),
        new("web__trackShipment", "Track the shipment of an order", """{"type":"object","properties":{"orderId":{"type":"integer","description":"The order's number."}},"required":["orderId"]}""", a => new BenchResult("", Reply("shipment", new JsonObject { ["orderId"] = a["orderId"]!.DeepClone(), ["carrier"] = "DHL", ["status"] = "in transit" }))),
        new("web__quoteShipping", "Get shipping prices for a parcel", """{"type":"object","properties":{"country":{"type":"string","description":"Where the parcel goes: a two-letter country code."},"weightKg":{"type":"number","description":"The parcel's weight in kilograms."}},"required":["country","weightKg"]}""",
            a => List("quotes", new JsonArray(new JsonObject { ["carrier"] = "DHL", ["country"] = a["country"]!.ToString(), ["weightKg"] = a["weightKg"]!.DeepClone(), ["price"] = 9.5 }, new JsonObject { ["carrier"] = "UPS", ["country"] = a["country"]!.ToString(), ["weightKg"] = a["weightKg"]!.DeepClone(), ["price"] = 11.2 }), static _ => true)),
    ];

    private static BenchResult List(string path, JsonArray all, Func<JsonNode, bool> keeps) =>
        new(string.Empty, Reply(path, new JsonArray([.. all.Where(n => keeps(n!)).Select(static n => n!.DeepClone())])));

    private static BenchResult One(string path, JsonArray all, string key, JsonNode value) =>
        all.FirstOrDefault(n => n![key]!.ToString() == value.ToString()) is { } found ? new(string.Empty, Reply(path, found.DeepClone())) : BenchResult.Error($"GET http://127.0.0.1/{path} answered 404: there is no such thing.");

    private static JsonObject Reply(string path, JsonNode body) =>
        new() { ["url"] = "http://127.0.0.1/" + path, ["status"] = 200, ["content_type"] = "application/json", ["body"] = body.DeepClone() };
}
