using System.Text.Json.Nodes;
using Agent.Models.Offline.Tools;
using Microsoft.Extensions.AI;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>A statement that is to be drafted: how it is asked for, what holds it, and how it is run.</summary>
internal sealed record Draft
{
    /// <summary>The tool that runs it.</summary>
    public required OfferedTool Tool { get; init; }

    /// <summary>The database; empty where the tool takes none.</summary>
    public required string Database { get; init; }

    /// <summary>What the model is asked.</summary>
    public required IReadOnlyList<ChatMessage> Prompt { get; init; }

    /// <summary>The grammar it is written under; null where the server takes none.</summary>
    public string? Grammar { get; init; }

    /// <summary>The JSON schema it is written under where the server takes no grammar; null for neither.</summary>
    public SelectShape? Shape { get; init; }

    /// <summary>What makes a written statement whole.</summary>
    public required StatementRepair Repair { get; init; }

    /// <summary>What its conditions are held against.</summary>
    public required DraftConditions Conditions { get; init; }

    /// <summary>What it must ask for.</summary>
    public required DraftForm Form { get; init; }

    /// <summary>The name of the tool's parameter for the statement.</summary>
    public string StatementParameter => Tool.Parameter("statement", "sql", "query")?.Name ?? "statement";

    /// <summary>The tool's arguments for a statement.</summary>
    public JsonObject Arguments(string statement)
    {
        var arguments = new JsonObject();
        if (Database.Length > 0 && Tool.Parameter("database", "db", "connection") is { } parameter)
        {
            arguments[parameter.Name] = Database;
        }

        arguments[StatementParameter] = statement;
        return arguments;
    }

    /// <summary>The statement in what the model wrote; null where there is none that could run.</summary>
    public string? Read(string text) => (Shape is { } shape ? shape.Read(text) : StatementRepair.Extract(text)) is { } statement ? Repair.Mend(statement) : null;

    /// <summary>Why a statement cannot be the question's; null where it may be.</summary>
    public string? Fault(string statement) => Conditions.Fault(statement) ?? Form.Fault(statement);
}
