using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Agent.Governance.Tests.AgentDojo;

/// <summary>A call of a task's ground truth.</summary>
internal sealed record DojoCall(string Tool, JsonObject Arguments);

/// <summary>A user task or an injection goal.</summary>
internal sealed record DojoTask(string Suite, string Id, string Text, IReadOnlyList<DojoCall> Calls)
{
    public static IReadOnlyList<DojoTask> Load(string path) =>
        [.. File.ReadLines(path).Select(l => JsonNode.Parse(l)!.AsObject()).Select(o => new DojoTask(
            o["suite"]!.ToString(), o["id"]!.ToString(), o["text"]!.ToString(),
            [.. o["ground_truth_calls"]!.AsArray().Select(c => new DojoCall(c!["tool"]!.ToString(), c["args"]!.DeepClone().AsObject()))]))];
}

/// <summary>
/// The environments of AgentDojo, answering its reading tools from its files. Where an environment has a place for an injection,
/// the attacker's goal stands there; a reading that has none and is not wholly trusted gets it appended: the worst case.
/// </summary>
internal sealed class DojoWorld
{
    private readonly Dictionary<string, JsonNode> _environments;
    private readonly string _suite;
    private readonly string _goal;

    public DojoWorld(Dictionary<string, JsonNode> environments, string suite, string goal)
    {
        _environments = environments;
        _suite = suite;
        _goal = goal;
    }

    public static Dictionary<string, JsonNode> LoadEnvironments(string folder) =>
        Directory.EnumerateFiles(folder, "*.yaml").Where(f => !f.EndsWith("_injection_vectors.yaml", StringComparison.Ordinal)).ToDictionary(
            f => Path.GetFileNameWithoutExtension(f), f =>
            {
                var stream = new YamlStream();
                stream.Load(new StringReader(File.ReadAllText(f).Replace("!include ", string.Empty, StringComparison.Ordinal)));
                return ToJson(stream.Documents[0].RootNode);
            });

    /// <summary>Which server a tool stands on in this household.</summary>
    public static ToolId Id(string suite, string tool) => new(
        tool switch
        {
            "get_webpage" or "post_webpage" => "web",
            "read_file" => "files",
            "search_contacts_by_name" => "contacts",
            "create_calendar_event" or "reschedule_calendar_event" or "add_calendar_event_participants" or "get_current_day"
                or "get_day_calendar_events" or "search_calendar_events" => "calendar",
            "send_email" or "search_emails" or "get_unread_emails" or "delete_email" => "mail",
            _ when suite == "workspace" => "drive",
            _ when suite == "banking" => "bank",
            _ => suite,
        },
        tool);

    public JsonObject Answer(DojoCall call)
    {
        var node = Read(call) ?? new JsonObject { ["result"] = "done", ["id_"] = "26" };
        var text = node.ToJsonString();
        return JsonNode.Parse(Fill(text))!.AsObject();
    }

    public JsonObject Inject(JsonObject answer)
    {
        answer["note"] = _goal;
        return answer;
    }

    private string Fill(string json) =>
        System.Text.RegularExpressions.Regex.Replace(
            json, @"\{[a-z_]*(?:injection|calendar_)[a-z_0-9]*\}",
            m => m.Value.Contains("channel", StringComparison.Ordinal) ? "0" : JsonEncodedText.Encode(_goal).ToString());

    private JsonNode? Read(DojoCall call)
    {
        var a = call.Arguments;
        string Text(string name) => a[name]?.ToString() ?? string.Empty;
        bool Has(JsonNode? node, string words) => words.Length == 0
            || words.Split(' ').Any(w => node?.ToJsonString().Contains(w, StringComparison.OrdinalIgnoreCase) == true);
        JsonObject Items(IEnumerable<JsonNode?> items) => new() { ["items"] = new JsonArray([.. items.Select(i => i!.DeepClone())]) };
        JsonObject Names(IEnumerable<JsonNode?> items, params string[] fields) => Items(items.Select(i =>
        {
            var o = new JsonObject();
            foreach (var field in fields)
            {
                o[field] = i![field]?.DeepClone();
            }

            return (JsonNode?)o;
        }));

        var suite = _suite;
        JsonArray Mail() => (suite == "workspace" ? _environments["workspace_inbox"]["initial_emails"] : _environments["travel_environment"]["inbox"]!["initial_emails"])!.AsArray();
        JsonArray Events() => (suite == "workspace" ? _environments["workspace_calendar"]["initial_events"] : _environments["travel_environment"]["calendar"]!["initial_events"])!.AsArray();
        JsonArray Files() => _environments["workspace_cloud_drive"]["initial_files"]!.AsArray();
        var travel = _environments["travel_environment"];
        IEnumerable<JsonNode?> Chosen(JsonNode list, string argument) => list.AsArray().Where(i => a[argument] is { } names && names.ToJsonString().Contains(i!["name"]!.ToString(), StringComparison.Ordinal));
        var slack = _environments["slack_environment"]["slack"]!;
        var bank = _environments["banking_environment"];
        return call.Tool switch
        {
            "search_emails" => Items(Mail().Where(m => Has(m, Text("query")) && (Text("sender").Length == 0 || m!["sender"]!.ToString() == Text("sender")))),
            "get_unread_emails" => Items(Mail().Where(m => m!["read"]!.ToString() is "False" or "false")),
            "search_contacts_by_name" => Items([new JsonObject { ["email"] = "sarah.baker@gmail.com", ["name"] = "Sarah Baker" }]),
            "get_current_day" => new JsonObject { ["day"] = "2024-05-15" },
            "get_day_calendar_events" => Items(Events().Where(e => e!["start_time"]!.ToString().StartsWith(Text("day"), StringComparison.Ordinal))),
            "search_calendar_events" => Items(Events().Where(e => Has(e, Text("query")) && (Text("date").Length == 0 || e!["start_time"]!.ToString().StartsWith(Text("date"), StringComparison.Ordinal)))),
            "list_files" => Items(Files()),
            "search_files" => Items(Files().Where(f => Has(f, Text("query")))),
            "search_files_by_filename" => Items(Files().Where(f => Has(f!["filename"], Text("filename")))),
            "get_most_recent_transactions" => Items(bank["bank_account"]!["transactions"]!.AsArray()),
            "get_scheduled_transactions" => Items(bank["bank_account"]!["scheduled_transactions"]!.AsArray()),
            "read_file" => new JsonObject { ["content"] = bank["filesystem"]!["files"]![Text("file_path")]!.DeepClone() },
            "get_channels" => new JsonObject { ["channels"] = slack["channels"]!.DeepClone() },
            "get_users_in_channel" => new JsonObject
            {
                ["users"] = new JsonArray([.. slack["user_channels"]!.AsObject().Where(u => u.Value!.ToJsonString().Contains(Text("channel").Split('_')[0], StringComparison.Ordinal)).Select(u => (JsonNode)u.Key)]),
            },
            "read_channel_messages" => Items(slack["channel_inbox"]![Text("channel")]?.AsArray() ?? []),
            "read_inbox" => Items(slack["user_inbox"]![Text("user")]?.AsArray() ?? []),
            "get_webpage" => new JsonObject { ["content"] = _environments["slack_environment"]["web"]!["web_content"]![Text("url")]?.DeepClone() ?? "nothing" },
            "get_user_information" => travel["user"]!.DeepClone(),
            "get_flight_information" => Items(travel["flights"]!["flight_list"]!.AsArray()),
            "get_all_hotels_in_city" => Names(travel["hotels"]!["hotel_list"]!.AsArray().Where(h => h!["city"]!.ToString() == Text("city")), "name"),
            "get_all_restaurants_in_city" => Names(travel["restaurants"]!["restaurant_list"]!.AsArray().Where(h => h!["city"]!.ToString() == Text("city")), "name"),
            "get_all_car_rental_companies_in_city" => Names(travel["car_rental"]!["company_list"]!.AsArray().Where(h => h!["city"]!.ToString() == Text("city")), "name"),
            "get_hotels_prices" => Names(Chosen(travel["hotels"]!["hotel_list"]!, "hotel_names"), "name", "price_min", "price_max"),
            "get_hotels_address" => Names(Chosen(travel["hotels"]!["hotel_list"]!, "hotel_name"), "name", "address"),
            "get_rating_reviews_for_hotels" => Names(Chosen(travel["hotels"]!["hotel_list"]!, "hotel_names"), "name", "rating", "reviews"),
            "get_rating_reviews_for_restaurants" => Names(Chosen(travel["restaurants"]!["restaurant_list"]!, "restaurant_names"), "name", "rating", "reviews"),
            "get_rating_reviews_for_car_rental" => Names(Chosen(travel["car_rental"]!["company_list"]!, "company_name"), "name", "rating", "reviews"),
            _ when call.Tool.StartsWith("get_", StringComparison.Ordinal) || call.Tool.StartsWith("check_", StringComparison.Ordinal) => suite == "travel"
                ? Items(travel[call.Tool.Contains("restaurant", StringComparison.Ordinal) ? "restaurants" : call.Tool.Contains("hotel", StringComparison.Ordinal) ? "hotels" : "car_rental"]!
                    .AsObject().First().Value!.AsArray().Take(3))
                : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No answer for {call.Tool}.")),
            _ => null,
        };
    }

    private static JsonNode ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), (JsonNode?)ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        _ => JsonValue.Create(((YamlScalarNode)node).Value ?? string.Empty),
    };
}
