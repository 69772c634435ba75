using System.Text.Json;

namespace Agent.Json;

/// <summary>One compiled schema: the keywords it holds, in the order in which they must run.</summary>
internal sealed class SchemaNode
{
    /// <summary>The schema <c>true</c>.</summary>
    public static SchemaNode Anything { get; } = new();

    /// <summary>The schema <c>false</c>.</summary>
    public static SchemaNode Nothing { get; } = new() { Keywords = [new FalseKeyword()] };

    public IReadOnlyList<Keyword> Keywords { get; set; } = [];

    /// <summary>
    /// Checks a value. <paramref name="errors"/> null asks only whether it is valid, which stops at the first keyword that fails;
    /// <paramref name="evaluated"/> null says that nobody asks for what was looked at.
    /// </summary>
    public bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        if (at.Depth > Location.MaxDepth)
        {
            errors?.Add(new JsonSchemaError(at.ToPointer(), $"is nested deeper than {Location.MaxDepth} levels"));
            return false;
        }

        var valid = true;
        foreach (var keyword in Keywords)
        {
            if (!keyword.Check(value, at, errors, evaluated))
            {
                valid = false;
                if (errors is null || errors.Count > JsonSchema.MaxErrors)
                {
                    break;
                }
            }
        }

        return valid;
    }
}

/// <summary>One keyword of a schema with its value.</summary>
internal abstract class Keyword
{
    public abstract bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated);

    protected static bool Fail(List<JsonSchemaError>? errors, Location at, string message)
    {
        errors?.Add(new JsonSchemaError(at.ToPointer(), message));
        return false;
    }
}

internal sealed class FalseKeyword : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated) =>
        Fail(errors, at, "is not allowed here");
}

/// <summary>A keyword that is a condition on values of one kind, with the sentence that says what would be right.</summary>
internal sealed class ConditionKeyword(Func<JsonElement, bool> holds, Func<JsonElement, string> message) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated) =>
        holds(value) || Fail(errors, at, errors is null ? string.Empty : message(value));
}
