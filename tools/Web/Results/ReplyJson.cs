using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Tools.Web.Apis;

namespace Agent.Tools.Web.Results;

/// <summary>Serializers of what answers are made of.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(IReadOnlyList<JsonElement>))]
[JsonSerializable(typeof(AnswerPosition))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class ReplyJson : JsonSerializerContext;
