using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Governance.Policy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Primitives;

namespace Agent.Cli.Composition;

/// <summary>
/// A settings file in the configuration. It is looked at before each decision of the policy, so that a change counts from the next
/// call on; one that is broken, missing or no longer trusted leaves what was read before in force and says why.
/// </summary>
internal sealed class SettingsFile : IConfigurationSource, IConfigurationProvider, ISettingsSource
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly string _path;
    private readonly Func<ReadOnlySpan<byte>, bool> _trusts;
    private readonly Lock _gate = new();
    private ConfigurationReloadToken _token = new();
    private JsonStreamConfigurationProvider _settings;
    private (DateTime Written, long Length) _stamp;

    /// <param name="path">The file, absolute.</param>
    /// <param name="trusts">Whether this content may be used.</param>
    /// <exception cref="CommandException">The file is missing or broken now, at the start.</exception>
    public SettingsFile(string path, Func<ReadOnlySpan<byte>, bool> trusts)
    {
        _path = path;
        _trusts = trusts;
        _stamp = Stamp();
        _settings = Read();
    }

    public string? Problem { get; private set; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Load()
    {
        // Read already, so that what is wrong is said in our words.
    }

    public void Refresh()
    {
        if (Stamp() == _stamp)
        {
            return;
        }

        ConfigurationReloadToken raised;
        lock (_gate)
        {
            var stamp = Stamp();
            if (stamp == _stamp)
            {
                return;
            }

            try
            {
                _settings = Read();
                Problem = null;
            }
            catch (CommandException e)
            {
                Problem = e.Message;
            }

            _stamp = stamp;
            raised = Interlocked.Exchange(ref _token, new ConfigurationReloadToken());
        }

        raised.OnReload();
    }

    public bool TryGet(string key, out string? value) => _settings.TryGet(key, out value);

    public void Set(string key, string? value) => _settings.Set(key, value);

    public IChangeToken GetReloadToken() => _token;

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) => _settings.GetChildKeys(earlierKeys, parentPath);

    private (DateTime, long) Stamp()
    {
        var file = new FileInfo(_path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : (default, -1);
    }

    private JsonStreamConfigurationProvider Read()
    {
        JsonNode? root;
        byte[] content;
        try
        {
            content = File.ReadAllBytes(_path);
            root = JsonNode.Parse(content, documentOptions: Lenient);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.Configuration, $"There is no configuration file {_path}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {_path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {_path} is not JSON at line {e.LineNumber + 1}: {e.Message.Split(" LineNumber")[0]}", e);
        }

        if (root is not JsonObject settings)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {_path} must hold a JSON object.");
        }

        if (!_trusts(content))
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {_path} changed since you trusted it; start the chat in its folder to look at it and trust it again.");
        }

        ConfigurationLayers.Anchor(settings, Path.GetDirectoryName(_path)!);
        try
        {
            using var stream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(settings, CliJson.Default.JsonObject));
            var provider = new JsonStreamConfigurationProvider(new JsonStreamConfigurationSource { Stream = stream });
            provider.Load();
            return provider;
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration file {_path} makes no sense: {e.Message}", e);
        }
    }
}
