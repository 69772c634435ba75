using System.Text.Json.Nodes;

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>The operations of a help desk's API, named and described as another author would.</summary>
internal static class HelpdeskApi
{
    private static readonly JsonArray Tickets = JsonNode.Parse("""
        [{"ticketId":501,"subject":"Printer jams","requester":"Ola Berg","priority":"low","state":"new","created":"2026-01-05","minutesSpent":15},{"ticketId":502,"subject":"VPN drops","requester":"Rita Voss","priority":"high","state":"in_progress","created":"2026-02-11","minutesSpent":140},
         {"ticketId":503,"subject":"New laptop","requester":"Ola Berg","priority":"normal","state":"resolved","created":"2026-02-20","minutesSpent":60},{"ticketId":504,"subject":"Mail bounces","requester":"Sam Ito","priority":"high","state":"new","created":"2026-03-02","minutesSpent":0}]
        """)!.AsArray();

    private static readonly JsonArray Agents = JsonNode.Parse("""[{"agentId":"a1","name":"Gil Roy","team":"network","onDuty":true},{"agentId":"a2","name":"Hana Sato","team":"desktop","onDuty":false},{"agentId":"a3","name":"Ivo Lang","team":"network","onDuty":false}]""")!.AsArray();

    public static IReadOnlyList<BenchTool> Tools { get; } =
    [
        new("web__search_tickets", "Search support tickets. Returns every ticket that fulfils all given filters.", """{"type":"object","properties":{"state":{"type":"string","enum":["new","in_progress","resolved","closed"],"description":"Filter by workflow state."},"priority":{"type":"string","enum":["low","normal","high"],"description":"Filter by priority."},"requester":{"type":"string","description":"Filter by the name of the person who asked."}}}""",
            a => List("tickets", Tickets, t => Is(t, "state", a) && Is(t, "priority", a) && Is(t, "requester", a))),
        new("web__get_ticket", "Retrieve a single ticket", """{"type":"object","properties":{"ticketId":{"type":"integer","description":"Ticket number."}},"required":["ticketId"]}""",
            a => Tickets.FirstOrDefault(t => t!["ticketId"]!.ToString() == a["ticketId"]!.ToString()) is { } t ? new("", Reply("tickets/" + a["ticketId"], t)) : BenchResult.Error("GET http://127.0.0.1/tickets answered 404: no such ticket.")),
        new("web__create_ticket", "Open a new support ticket", """{"type":"object","properties":{"body":{"type":"object","properties":{"subject":{"type":"string"},"requester":{"type":"string"},"priority":{"type":"string","enum":["low","normal","high"]}},"required":["subject","requester"]}},"required":["body"]}""", a => new("", Reply("tickets", new JsonObject { ["ticketId"] = 505, ["ticket"] = a["body"]!.DeepClone() }))),
        new("web__close_ticket", "Close a ticket", """{"type":"object","properties":{"ticketId":{"type":"integer","description":"Ticket number."}},"required":["ticketId"]}""", a => new("", Reply("close", new JsonObject { ["ticketId"] = a["ticketId"]!.DeepClone(), ["state"] = "closed" }))),
        new("web__list_agents", "List the support agents and their teams", """{"type":"object","properties":{"team":{"type":"string","enum":["network","desktop"],"description":"Only agents of this team."},"onDuty":{"type":"boolean","description":"Only agents who are on duty now."}}}""",
            a => List("agents", Agents, g => Is(g, "team", a) && (a["onDuty"] is null || g["onDuty"]!.ToString() == a["onDuty"]!.ToString()))),
        new("web__get_service_status", "Tell whether a service is up", """{"type":"object","properties":{"service":{"type":"string","enum":["vpn","mail","wiki"],"description":"The service's name."}},"required":["service"]}""", a => new("", Reply("status/" + a["service"], new JsonObject { ["service"] = a["service"]!.ToString(), ["up"] = a["service"]!.ToString() != "mail", ["since"] = "2026-03-01" }))),
        new("web__find_article", "Find knowledge base articles that help with a problem", """{"type":"object","properties":{"query":{"type":"string","description":"Words that the article contains."}},"required":["query"]}""", a => List("articles", new JsonArray(new JsonObject { ["title"] = "Fixing " + a["query"], ["url"] = "kb/7" }), static _ => true)),
    ];

    private static bool Is(JsonNode row, string name, JsonObject arguments) => arguments[name] is not { } wanted || row[name]!.ToString().Contains(wanted.ToString(), StringComparison.OrdinalIgnoreCase);

    private static BenchResult List(string path, JsonArray all, Func<JsonNode, bool> keeps) => new(string.Empty, Reply(path, new JsonArray([.. all.Where(n => keeps(n!)).Select(static n => n!.DeepClone())])));

    private static JsonObject Reply(string path, JsonNode body) => new() { ["url"] = "http://127.0.0.1/" + path, ["status"] = 200, ["content_type"] = "application/json", ["body"] = body.DeepClone() };
}
