using System.Text.Json.Nodes;

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>The operations of a concert hall's API: parameters in paths and queries, dates, flags and paging.</summary>
internal static class EventsApi
{
    private static readonly JsonArray Events = JsonNode.Parse("""
        [{"eventId":11,"title":"Winter Jazz","genre":"jazz","date":"2026-01-20","hall":"Blue","price":28.0,"seatsLeft":14,"soldOut":false},{"eventId":12,"title":"Brahms Evening","genre":"classical","date":"2026-02-03","hall":"Great","price":45.0,"seatsLeft":0,"soldOut":true},
         {"eventId":13,"title":"Late Night Funk","genre":"funk","date":"2026-02-14","hall":"Blue","price":22.5,"seatsLeft":80,"soldOut":false},{"eventId":14,"title":"Bach for Kids","genre":"classical","date":"2026-03-01","hall":"Small","price":12.0,"seatsLeft":35,"soldOut":false}]
        """)!.AsArray();

    private static readonly JsonArray Bookings = JsonNode.Parse("""[{"bookingId":"B7","eventId":11,"name":"Rosa Diaz","seats":2,"state":"paid"},{"bookingId":"B8","eventId":14,"name":"Hugo Maas","seats":4,"state":"reserved"},{"bookingId":"B9","eventId":13,"name":"Rosa Diaz","seats":1,"state":"cancelled"}]""")!.AsArray();

    public static IReadOnlyList<BenchTool> Tools { get; } =
    [
        new("web__events_list", "List upcoming events", """{"type":"object","properties":{"genre":{"type":"string","enum":["jazz","classical","funk","pop"],"description":"Only events of this genre."},"hall":{"type":"string","enum":["Blue","Great","Small"],"description":"Only events in this hall."},"available":{"type":"boolean","description":"Only events with seats left."}}}""",
            a => List("events", Events, e => Is(e, "genre", a) && Is(e, "hall", a) && (a["available"] is null || a["available"]!.ToString() != "true" || e["soldOut"]!.ToString() == "false"))),
        new("web__events_get", "Show one event", """{"type":"object","properties":{"eventId":{"type":"integer","description":"The event's number."}},"required":["eventId"]}""",
            a => Events.FirstOrDefault(e => e!["eventId"]!.ToString() == a["eventId"]!.ToString()) is { } e ? new("", Reply("events/" + a["eventId"], e)) : BenchResult.Error("GET http://127.0.0.1/events answered 404: no such event.")),
        new("web__bookings_list", "List seat bookings", """{"type":"object","properties":{"name":{"type":"string","description":"Only bookings under this name."},"state":{"type":"string","enum":["reserved","paid","cancelled"],"description":"Only bookings in this state."}}}""",
            a => List("bookings", Bookings, b => Is(b, "name", a) && Is(b, "state", a))),
        new("web__bookings_create", "Book seats for an event", """{"type":"object","properties":{"body":{"type":"object","properties":{"eventId":{"type":"integer"},"name":{"type":"string"},"seats":{"type":"integer"}},"required":["eventId","name","seats"]}},"required":["body"]}""", a => new("", Reply("bookings", new JsonObject { ["bookingId"] = "B10", ["booking"] = a["body"]!.DeepClone() }))),
        new("web__bookings_cancel", "Cancel a booking", """{"type":"object","properties":{"bookingId":{"type":"string","description":"The booking's code, such as B7."}},"required":["bookingId"]}""", a => new("", Reply("cancel", new JsonObject { ["bookingId"] = a["bookingId"]!.DeepClone(), ["state"] = "cancelled" }))),
        new("web__weather_get", "Get the weather forecast for the open-air stage on a day", """{"type":"object","properties":{"date":{"type":"string","format":"date","description":"The day."}},"required":["date"]}""", a => new("", Reply("weather", new JsonObject { ["date"] = a["date"]!.DeepClone(), ["rain"] = "20 %" }))),
    ];

    private static bool Is(JsonNode row, string name, JsonObject arguments) => arguments[name] is not { } wanted || row[name]!.ToString().Contains(wanted.ToString(), StringComparison.OrdinalIgnoreCase);

    private static BenchResult List(string path, JsonArray all, Func<JsonNode, bool> keeps) => new(string.Empty, Reply(path, new JsonArray([.. all.Where(n => keeps(n!)).Select(static n => n!.DeepClone())])));

    private static JsonObject Reply(string path, JsonNode body) => new() { ["url"] = "http://127.0.0.1/" + path, ["status"] = 200, ["content_type"] = "application/json", ["body"] = body.DeepClone() };
}
