namespace Agent.Samples.Shop;

internal sealed record Product(string Sku, string Name, string Category, decimal Price, double WeightKg);

internal sealed record StockLevel(string Sku, string Name, string Warehouse, int OnHand, int Reserved, int Available, int ReorderAt);

internal sealed record OrderLine(string Sku, string Name, int Quantity, decimal UnitPrice);

internal sealed record Order(
    int Id, string Customer, string Country, string Status, DateOnly Placed, IReadOnlyList<OrderLine> Lines, decimal Total, string? Note);

internal sealed record TrackingEvent(DateOnly Date, string Place, string What);

internal sealed record Shipment(int OrderId, string Carrier, string TrackingNumber, string Status, DateOnly? ExpectedDelivery, IReadOnlyList<TrackingEvent> Events);

internal sealed record ShippingQuote(string Carrier, string Country, double WeightKg, decimal Price, int Days);

internal sealed record NewOrderLine(string Sku, int Quantity);

internal sealed record NewOrder(string Customer, string Country, IReadOnlyList<NewOrderLine> Lines, string? Note);

internal sealed record StockAdjustment(int Change, string Reason);

internal sealed record Cancellation(string Reason);

/// <summary>The shop's state: in memory, the same after every start, changed only by the calls of this run.</summary>
internal sealed class Shop(TimeProvider time)
{
    private static readonly Product[] Catalogue =
    [
        new("TEA-ASSAM-250", "Assam tea, 250 g", "tea", 9.90m, 0.30),
        new("TEA-SENCHA-100", "Sencha tea, 100 g", "tea", 12.50m, 0.15),
        new("COF-ETHIO-500", "Ethiopian coffee beans, 500 g", "coffee", 14.20m, 0.55),
        new("COF-DECAF-500", "Decaffeinated coffee beans, 500 g", "coffee", 13.40m, 0.55),
        new("POT-CAST-08", "Cast-iron teapot, 0.8 l", "equipment", 48.00m, 1.90),
        new("GRI-HAND-01", "Hand coffee grinder", "equipment", 64.50m, 0.80),
        new("CUP-PORC-04", "Porcelain cups, set of four", "tableware", 27.00m, 1.10),
        new("KET-GOOSE-10", "Gooseneck kettle, 1.0 l", "equipment", 79.00m, 1.30),
    ];

    private static readonly (string Carrier, decimal Base, decimal PerKg, int Days)[] Carriers =
        [("Northline", 4.50m, 1.20m, 4), ("Swift Parcel", 7.90m, 1.60m, 2), ("Overnight Air", 18.00m, 3.50m, 1)];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Order> _orders = [];
    private readonly Dictionary<string, (string Warehouse, int OnHand, int ReorderAt)> _stock = new(StringComparer.OrdinalIgnoreCase)
    {
        ["TEA-ASSAM-250"] = ("Hamburg", 140, 40),
        ["TEA-SENCHA-100"] = ("Hamburg", 12, 30),
        ["COF-ETHIO-500"] = ("Rotterdam", 86, 30),
        ["COF-DECAF-500"] = ("Rotterdam", 3, 20),
        ["POT-CAST-08"] = ("Hamburg", 18, 5),
        ["GRI-HAND-01"] = ("Rotterdam", 0, 4),
        ["CUP-PORC-04"] = ("Hamburg", 34, 10),
        ["KET-GOOSE-10"] = ("Rotterdam", 9, 6),
    };

    public static IReadOnlyList<Product> Products(string? category, string? search) =>
        [.. Catalogue.Where(p =>
            (category is null || p.Category.Equals(category, StringComparison.OrdinalIgnoreCase))
            && (search is null || p.Name.Contains(search, StringComparison.OrdinalIgnoreCase) || p.Sku.Contains(search, StringComparison.OrdinalIgnoreCase)))];

    public static Product? FindProduct(string sku) =>
        Catalogue.FirstOrDefault(p => p.Sku.Equals(sku, StringComparison.OrdinalIgnoreCase));

    public IReadOnlyList<StockLevel> Stock(bool lowOnly)
    {
        lock (_lock)
        {
            return [.. Catalogue.Select(p => Level(p)).Where(l => !lowOnly || l.Available < l.ReorderAt)];
        }
    }

    public StockLevel? StockOf(string sku)
    {
        lock (_lock)
        {
            return FindProduct(sku) is { } product ? Level(product) : null;
        }
    }

    public StockLevel? AdjustStock(string sku, int change)
    {
        lock (_lock)
        {
            if (FindProduct(sku) is not { } product || _stock[sku].OnHand + change < 0)
            {
                return null;
            }

            _stock[sku] = _stock[sku] with { OnHand = _stock[sku].OnHand + change };
            return Level(product);
        }
    }

    public IReadOnlyList<Order> Orders(string? status, string? customer, string? country)
    {
        lock (_lock)
        {
            return [.. _orders.Values.Where(o =>
                (status is null || o.Status.Equals(status, StringComparison.OrdinalIgnoreCase))
                && (customer is null || o.Customer.Contains(customer, StringComparison.OrdinalIgnoreCase))
                && (country is null || o.Country.Equals(country, StringComparison.OrdinalIgnoreCase)))];
        }
    }

    public Order? Find(int id)
    {
        lock (_lock)
        {
            return _orders.GetValueOrDefault(id);
        }
    }

    /// <summary>Places an order.</summary>
    /// <returns>The order, or the reason why there is none.</returns>
    public (Order? Order, string? Problem) Place(NewOrder request)
    {
        if (string.IsNullOrWhiteSpace(request.Customer) || request.Country is not { Length: 2 } || request.Lines is not { Count: > 0 })
        {
            return (null, "An order needs a customer, a two-letter country and at least one line.");
        }

        lock (_lock)
        {
            foreach (var line in request.Lines)
            {
                if (FindProduct(line.Sku) is not { } product)
                {
                    return (null, $"There is no product {line.Sku}; GET /products lists what there is.");
                }

                if (line.Quantity < 1 || Level(product).Available < line.Quantity)
                {
                    return (null, $"{line.Quantity} of {product.Sku} cannot be ordered; {Level(product).Available} are available.");
                }
            }

            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var order = Add(_orders.Keys.Max() + 1, request.Customer, request.Country, "open", today, request.Note,
                [.. request.Lines.Select(l => (l.Sku, l.Quantity))]);
            return (order, null);
        }
    }

    public (Order? Order, string? Problem) Cancel(int id, string reason)
    {
        lock (_lock)
        {
            if (!_orders.TryGetValue(id, out var order))
            {
                return (null, $"There is no order {id}.");
            }

            if (order.Status is not "open")
            {
                return (null, $"Order {id} is {order.Status}; only an open order can be cancelled.");
            }

            return (_orders[id] = order with { Status = "cancelled", Note = reason }, null);
        }
    }

    public Shipment? ShipmentOf(int id)
    {
        lock (_lock)
        {
            if (!_orders.TryGetValue(id, out var order) || order.Status is not ("shipped" or "delivered"))
            {
                return null;
            }

            var warehouse = _stock[order.Lines[0].Sku].Warehouse;
            List<TrackingEvent> events = [new(order.Placed.AddDays(1), warehouse, "picked up")];
            if (order.Status is "delivered")
            {
                events.Add(new(order.Placed.AddDays(3), order.Country, "out for delivery"));
                events.Add(new(order.Placed.AddDays(3), order.Country, "delivered"));
            }
            else
            {
                events.Add(new(order.Placed.AddDays(2), "Venlo", "in transit"));
            }

            return new Shipment(id, "Swift Parcel", $"SP{id:D6}DE", order.Status is "shipped" ? "in transit" : "delivered",
                order.Status is "shipped" ? order.Placed.AddDays(4) : null, events);
        }
    }

    public static IReadOnlyList<ShippingQuote> Quote(string country, double weightKg)
    {
        var abroad = country.Equals("DE", StringComparison.OrdinalIgnoreCase) || country.Equals("NL", StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        return [.. Carriers.Select(c => new ShippingQuote(c.Carrier, country.ToUpperInvariant(), weightKg,
            Math.Round((c.Base + (c.PerKg * (decimal)weightKg)) * (1 + abroad), 2), c.Days + (2 * abroad)))];
    }

    /// <summary>A shop with the orders that every run starts from.</summary>
    public static Shop Open(TimeProvider time)
    {
        var shop = new Shop(time);
        shop.Add(1001, "Ada Brook", "GB", "delivered", new(2026, 2, 3), null, [("TEA-ASSAM-250", 2), ("CUP-PORC-04", 1)]);
        shop.Add(1002, "Jonas Lind", "SE", "delivered", new(2026, 2, 11), null, [("COF-ETHIO-500", 3)]);
        shop.Add(1003, "Marta Silva", "PT", "shipped", new(2026, 3, 2), "Gift: no invoice in the parcel.", [("POT-CAST-08", 1), ("TEA-SENCHA-100", 2)]);
        shop.Add(1004, "Ada Brook", "GB", "shipped", new(2026, 3, 4), null, [("KET-GOOSE-10", 1)]);
        shop.Add(1005, "Café Morgenrot", "DE", "open", new(2026, 3, 5), "Deliver before nine.", [("COF-ETHIO-500", 20), ("COF-DECAF-500", 2)]);
        shop.Add(1006, "Noor de Vries", "NL", "open", new(2026, 3, 6), null, [("GRI-HAND-01", 1)]);
        shop.Add(1007, "Jonas Lind", "SE", "cancelled", new(2026, 3, 6), "Ordered twice.", [("COF-ETHIO-500", 3)]);
        return shop;
    }

    private Order Add(int id, string customer, string country, string status, DateOnly placed, string? note, (string Sku, int Quantity)[] lines)
    {
        OrderLine[] priced = [.. lines.Select(l => FindProduct(l.Sku) is { } p
            ? new OrderLine(p.Sku, p.Name, l.Quantity, p.Price)
            : throw new InvalidOperationException($"The catalogue has no {l.Sku}."))];
        return _orders[id] = new Order(id, customer, country.ToUpperInvariant(), status, placed, priced, priced.Sum(l => l.Quantity * l.UnitPrice), note);
    }

    private StockLevel Level(Product product)
    {
        var (warehouse, onHand, reorderAt) = _stock[product.Sku];
        var reserved = _orders.Values.Where(o => o.Status is "open")
            .SelectMany(o => o.Lines).Where(l => l.Sku == product.Sku).Sum(l => l.Quantity);
        return new StockLevel(product.Sku, product.Name, warehouse, onHand, reserved, Math.Max(0, onHand - reserved), reorderAt);
    }
}
