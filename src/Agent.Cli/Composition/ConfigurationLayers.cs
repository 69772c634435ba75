using System.Text.Json.Nodes;
using Agent.Cli.Workspace;
using Microsoft.Extensions.Configuration;

namespace Agent.Cli.Composition;

/// <summary>
/// The configuration, from weakest to strongest: <c>appsettings.json</c> beside the program, <c>agent.json</c> in the working folder
/// (once trusted), the file named by <c>--config</c>, <c>AGENT__…</c> variables, flags.
/// </summary>
internal static class ConfigurationLayers
{
    public static void Build(IConfigurationBuilder configuration, Flags flags, string programFolder, WorkspaceTrust trust)
    {
        var program = Path.Combine(programFolder, "appsettings.json");
        if (File.Exists(program))
        {
            configuration.Add(new SettingsFile(program, static _ => true));
        }

        if (trust.TrustedFile is { } trusted)
        {
            configuration.Add(new SettingsFile(trusted, trust.Trusts));
        }

        if (flags.Config is { } named)
        {
            configuration.Add(new SettingsFile(Path.GetFullPath(named), static _ => true));
        }

        configuration.AddEnvironmentVariables("AGENT__");

        var values = new Dictionary<string, string?>();
        if (flags.Model is { } model)
        {
            values["models:model"] = model;
        }

        if (flags.Endpoint is { } endpoint)
        {
            values["models:endpoint"] = endpoint;
        }

        configuration.AddInMemoryCollection(values);
    }

    /// <summary>Paths in a file are relative to the file, so that it means the same from every working folder.</summary>
    internal static void Anchor(JsonObject settings, string folder)
    {
        if (settings["roots"] is JsonArray roots)
        {
            for (var i = 0; i < roots.Count; i++)
            {
                roots[i] = roots[i] is { } root ? Path.GetFullPath(root.ToString(), folder) : null;
            }
        }

        if (settings["databases"] is JsonObject databases)
        {
            foreach (var (name, value) in databases.ToList())
            {
                databases[name] = value?.ToString() is { } text ? Anchored.Database(text, folder) : null;
            }
        }

        if (settings["apis"] is JsonObject apis)
        {
            foreach (var (name, value) in apis.ToList())
            {
                apis[name] = value?.ToString() is { } text ? Anchored.Api(text, folder) : null;
            }
        }

        if (settings["companions"] is JsonObject companions)
        {
            foreach (var companion in companions.Select(static pair => pair.Value).OfType<JsonObject>())
            {
                companion["cwd"] = Path.GetFullPath(companion["cwd"]?.ToString() ?? ".", folder);
            }
        }
    }
}
