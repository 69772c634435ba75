using System.Text.Json.Nodes;
using Agent.Samples.Shop;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
if (builder.Configuration["urls"] is null)
{
    builder.WebHost.UseUrls("http://127.0.0.1:5217");
}

var app = builder.Build();
var shop = Shop.Open(TimeProvider.System);

app.MapGet("/openapi.json", (HttpRequest request) =>
{
    var document = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "openapi.json")))!;
    // The file names the default address; whoever asks over HTTP already knows the right one.
    document["servers"] = new JsonArray(new JsonObject { ["url"] = $"{request.Scheme}://{request.Host}" });
    return Results.Text(document.ToJsonString(), "application/json");
});

app.MapGet("/products", (string? category, string? search) => Results.Json(Shop.Products(category, search)));
app.MapGet("/products/{sku}", (string sku) => Found(Shop.FindProduct(sku), $"There is no product {sku}."));
app.MapGet("/stock", (bool? low) => Results.Json(shop.Stock(low ?? false)));
app.MapGet("/stock/{sku}", (string sku) => Found(shop.StockOf(sku), $"There is no product {sku}."));
app.MapPost("/stock/{sku}/adjustments", (string sku, StockAdjustment adjustment) =>
    shop.AdjustStock(sku, adjustment.Change) is { } level
        ? Results.Json(level)
        : Results.Problem($"There is no product {sku}, or its stock would fall below zero.", statusCode: 409));
app.MapGet("/orders", (string? status, string? customer, string? country) => Results.Json(shop.Orders(status, customer, country)));
app.MapGet("/orders/{orderId:int}", (int orderId) => Found(shop.Find(orderId), $"There is no order {orderId}."));
app.MapPost("/orders", (NewOrder order) => shop.Place(order) switch
{
    ({ } placed, _) => Results.Json(placed, statusCode: 201),
    (_, var problem) => Results.Problem(problem, statusCode: 422),
});
app.MapPost("/orders/{orderId:int}/cancel", (int orderId, Cancellation cancellation) => shop.Cancel(orderId, cancellation.Reason) switch
{
    ({ } order, _) => Results.Json(order),
    (_, var problem) => Results.Problem(problem, statusCode: 409),
});
app.MapGet("/orders/{orderId:int}/shipment", (int orderId) => Found(shop.ShipmentOf(orderId), $"Order {orderId} has not been shipped."));
app.MapGet("/shipping/quotes", (string country, double weightKg) =>
    country.Length == 2 && weightKg is > 0 and <= 30
        ? Results.Json(Shop.Quote(country, weightKg))
        : Results.Problem("Give a two-letter country and a weight of at most 30 kg.", statusCode: 422));

app.Run();

static IResult Found(object? value, string problem) =>
    value is null ? Results.Problem(problem, statusCode: 404) : Results.Json(value);
