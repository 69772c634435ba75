using System.Text.Json;
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
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static void Build(IConfigurationBuilder configuration, Flags flags, string programFolder, WorkspaceTrust trust)
    {
        AddFile(configuration, Path.Combine(programFolder, "appsettings.json"), required: false);
        if (trust.TrustedFile is { } trusted)
        {
            AddFile(configuration, trusted, required: true);
        }

        if (flags.Config is { } named)
        {
            AddFile(configuration, Path.GetFullPath(named), required: true);
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
    private static void AddFile(IConfigurationBuilder configuration, string path, bool required)
    {
        if (!required && !File.Exists(path))
        {
            return;
        }

        JsonNode? root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(path), documentOptions: Lenient);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.Configuration, $"There is no configuration file {path}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {path} is not JSON at line {e.LineNumber + 1}: {e.Message.Split(" LineNumber")[0]}", e);
        }

        if (root is not JsonObject settings)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {path} must hold a JSON object.");
        }

        Anchor(settings, Path.GetDirectoryName(path)!);
        configuration.AddJsonStream(new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(settings, CliJson.Default.JsonObject)));
    }

    private static void Anchor(JsonObject settings, string folder)
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
                databases[name] = value?.ToString() is { } text && text.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase)
                    ? "sqlite:" + Path.GetFullPath(text["sqlite:".Length..], folder)
                    : value?.ToString();
            }
        }

        if (settings["apis"] is JsonObject apis)
        {
            foreach (var (name, value) in apis.ToList())
            {
                apis[name] = value?.ToString() is { } text && !text.Contains("://", StringComparison.Ordinal) ? Path.GetFullPath(text, folder) : value?.ToString();
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
