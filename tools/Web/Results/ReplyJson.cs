using System.Text.Json.Serialization;

namespace Agent.Tools.Web.Results;

/// <summary>Serializers of what answers are made of.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ReplyJson : JsonSerializerContext;
