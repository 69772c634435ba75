namespace Agent.Json;

/// <summary>Where and how a value breaks a schema.</summary>
/// <param name="Path">The place in the value as a JSON Pointer (RFC 6901); empty for the value itself.</param>
/// <param name="Message">What is wrong and what would be right; reads on from the name of the place: <c>must be an integer, not a string</c>.</param>
public sealed record JsonSchemaError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path[1..].Replace('/', '.')} {Message}";
}
