using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent.Json;

/// <summary><c>$ref</c>: the node is filled in when the whole document is compiled, so that schemas may refer to themselves.</summary>
internal sealed class RefKeyword(Func<SchemaNode> target) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated) =>
        target().Check(value, at.Deeper(), errors, evaluated);
}

internal sealed class AllOfKeyword(IReadOnlyList<SchemaNode> parts) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        var valid = true;
        foreach (var part in parts)
        {
            valid &= part.Check(value, at.Deeper(), errors, evaluated);
        }

        return valid;
    }
}

internal sealed class AnyOfKeyword(IReadOnlyList<SchemaNode> parts) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        var any = false;
        foreach (var part in parts)
        {
            var seen = evaluated is null ? null : new Evaluated();
            if (part.Check(value, at.Deeper(), null, seen))
            {
                any = true;
                if (evaluated is null)
                {
                    break;
                }

                evaluated.Add(seen!);
            }
        }

        return any || Fail(errors, at, errors is null ? string.Empty : FitsNone(parts, value, at));
    }

    public static string FitsNone(IReadOnlyList<SchemaNode> parts, JsonElement value, Location at)
    {
        // The shortest list of errors belongs to the alternative that was most likely meant.
        var closest = parts.Select(part =>
        {
            var own = new List<JsonSchemaError>();
            part.Check(value, at.Deeper(), own, null);
            return own;
        }).MinBy(static own => own.Count);
        return $"fits none of the {parts.Count} allowed forms{(closest is [var first, ..] ? $" (closest: {first})" : string.Empty)}";
    }
}

internal sealed class OneOfKeyword(IReadOnlyList<SchemaNode> parts) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        var count = 0;
        foreach (var part in parts)
        {
            var seen = evaluated is null ? null : new Evaluated();
            if (part.Check(value, at.Deeper(), null, seen) && ++count == 1)
            {
                evaluated?.Add(seen!);
            }
        }

        return count switch
        {
            1 => true,
            0 => Fail(errors, at, errors is null ? string.Empty : AnyOfKeyword.FitsNone(parts, value, at)),
            _ => Fail(errors, at, $"fits {count} of the {parts.Count} forms, and must fit exactly one"),
        };
    }
}

internal sealed class NotKeyword(SchemaNode part) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated) =>
        !part.Check(value, at.Deeper(), null, null) || Fail(errors, at, "has a form that is excluded here");
}

internal sealed class IfKeyword(SchemaNode condition, SchemaNode then, SchemaNode otherwise) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        var seen = evaluated is null ? null : new Evaluated();
        if (!condition.Check(value, at.Deeper(), null, seen))
        {
            return otherwise.Check(value, at.Deeper(), errors, evaluated);
        }

        evaluated?.Add(seen!);
        return then.Check(value, at.Deeper(), errors, evaluated);
    }
}

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>, which only make sense together.</summary>
internal sealed class PropertiesKeyword(
    IReadOnlyDictionary<string, SchemaNode> named, IReadOnlyList<(Regex Pattern, SchemaNode Schema)> patterns, SchemaNode? additional) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var valid = true;
        foreach (var member in value.EnumerateObject())
        {
            var known = false;
            if (named.TryGetValue(member.Name, out var schema))
            {
                known = true;
                valid &= schema.Check(member.Value, at.Child(member.Name), errors, null);
            }

            foreach (var (pattern, patterned) in patterns)
            {
                if (SchemaPattern.IsMatch(pattern, member.Name))
                {
                    known = true;
                    valid &= patterned.Check(member.Value, at.Child(member.Name), errors, null);
                }
            }

            if (!known && additional is not null)
            {
                known = true;
                valid &= ReferenceEquals(additional, SchemaNode.Nothing)
                    ? Fail(errors, at, errors is null ? string.Empty : Unknown(member.Name))
                    : additional.Check(member.Value, at.Child(member.Name), errors, null);
            }

            if (known)
            {
                evaluated?.Add(member.Name);
            }

            if (!valid && errors is null)
            {
                return false;
            }
        }

        return valid;
    }

    private string Unknown(string name)
    {
        if (named.Count == 0)
        {
            return $"takes no \"{name}\"; it takes nothing";
        }

        var nearest = named.Keys.MinBy(known => EditDistance.Between(known, name))!;
        var hint = EditDistance.Between(nearest, name) <= Math.Max(2, name.Length / 3) ? $"did you mean \"{nearest}\"? " : string.Empty;
        return $"takes no \"{name}\"; {hint}It takes {string.Join(", ", named.Keys.Select(static known => $"\"{known}\""))}";
    }
}

internal sealed class RequiredKeyword(IReadOnlyList<string> names, Func<string, string?> describe) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var valid = true;
        foreach (var name in names)
        {
            if (!value.TryGetProperty(name, out _))
            {
                valid = Fail(errors, at, $"needs \"{name}\"{(describe(name) is { Length: > 0 } words ? $" ({words})" : string.Empty)}");
            }
        }

        return valid;
    }
}

internal sealed class PropertyNamesKeyword(SchemaNode schema) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var valid = true;
        foreach (var member in value.EnumerateObject())
        {
            valid &= schema.Check(JsonSerializer.SerializeToElement(member.Name, SchemaText.Default.String), at.Child(member.Name), errors, null);
        }

        return valid;
    }
}

/// <summary><c>dependentSchemas</c>, <c>dependentRequired</c> and the older <c>dependencies</c>.</summary>
internal sealed class DependentKeyword(string name, SchemaNode schema) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated) =>
        value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out _) || schema.Check(value, at.Deeper(), errors, evaluated);
}

/// <summary><c>prefixItems</c> and <c>items</c> (before 2020-12: <c>items</c> as an array, and <c>additionalItems</c>).</summary>
internal sealed class ItemsKeyword(IReadOnlyList<SchemaNode> prefix, SchemaNode? rest) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var valid = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var schema = index < prefix.Count ? prefix[index] : rest;
            if (schema is null)
            {
                break;
            }

            valid &= schema.Check(item, at.Child(index), errors, null);
            evaluated?.Add(index);
            if (!valid && errors is null)
            {
                return false;
            }

            index++;
        }

        return valid;
    }
}

internal sealed class ContainsKeyword(SchemaNode schema, int minimum, int? maximum) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var count = 0;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (schema.Check(item, at.Child(index), null, null))
            {
                count++;
                evaluated?.Add(index);
            }

            index++;
        }

        return count < minimum ? Fail(errors, at, $"must contain at least {minimum} matching item(s), not {count}")
            : count > maximum ? Fail(errors, at, $"must contain at most {maximum} matching item(s), not {count}")
            : true;
    }
}

/// <summary>Runs the schema's other keywords and then <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> on what none of them looked at.</summary>
internal sealed class UnevaluatedKeyword(IReadOnlyList<Keyword> others, SchemaNode? properties, SchemaNode? items) : Keyword
{
    public override bool Check(JsonElement value, Location at, List<JsonSchemaError>? errors, Evaluated? evaluated)
    {
        var seen = new Evaluated();
        var valid = true;
        foreach (var keyword in others)
        {
            valid &= keyword.Check(value, at, errors, seen);
        }

        if (properties is not null && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject().Where(member => !seen.Has(member.Name)))
            {
                valid &= properties.Check(member.Value, at.Child(member.Name), errors, null);
                seen.Add(member.Name);
            }
        }

        if (items is not null && value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                if (!seen.Has(index))
                {
                    valid &= items.Check(item, at.Child(index), errors, null);
                    seen.Add(index);
                }

                index++;
            }
        }

        evaluated?.Add(seen);
        return valid;
    }
}
