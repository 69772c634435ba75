using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agent.Models.Catalogue;
using Agent.Models.ChatCompletions;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.Caching;

/// <summary>
/// Gives the same answer to the same request, from a folder: for tests and evaluations. The key is everything that matters: the model
/// and its address, every message, every tool with its schema, every option.
/// </summary>
/// <param name="inner">Who answers what is not there.</param>
/// <param name="catalog">The models.</param>
/// <param name="folder">Where answers are kept.</param>
internal sealed class ResponseCacheClient(IChatClient inner, ModelCatalog catalog, string folder) : StreamingChatClient
{
    private static readonly System.Text.Json.Serialization.Metadata.JsonTypeInfo Format = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse));

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var model = await catalog.GetAsync(options?.ModelId, "asked for", cancellationToken);
        var file = Path.Combine(folder, Key(model, conversation, options) + ".json");
        if (await ReadAsync(file, cancellationToken) is { } known)
        {
            foreach (var update in known.ToChatResponseUpdates())
            {
                yield return update;
            }

            yield break;
        }

        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in inner.GetStreamingResponseAsync(conversation, options, cancellationToken))
        {
            if (ModelKeys.IsReset(update))
            {
                updates.Clear();
            }
            else if (ModelKeys.Attempt(update) is null)
            {
                // The caller may change what it gets; what is kept is what came.
                updates.Add(update.Clone());
            }

            yield return update;
        }

        Write(file, updates.ToChatResponse());
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) => base.GetService(serviceType, serviceKey) ?? inner.GetService(serviceType, serviceKey);

    /// <summary>The digest of a request, as it would go over a wire that carries every option.</summary>
    public static string Key(ConfiguredModel model, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{model.Info}\n{model.Spec.Options.Endpoint}\n{model.Spec.Options.Reasoning}\n{model.Spec.Options.MaxOutput}\n{model.Info.Profile}\n"));
        hash.AppendData(ChatCompletionsRequest.Write(model.Info.Name, messages, options, ChatCompletionsDialect.LlamaCpp));

        // Reasoning of every provider, which that wire would leave out.
        foreach (var reasoning in messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>())
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{Reasoning.FieldOf(reasoning)}\n{reasoning.Text}\n{reasoning.ProtectedData}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<ChatResponse?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            return await JsonSerializer.DeserializeAsync(stream, Format, cancellationToken) as ChatResponse;
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            // Not there, or not whole: asked again.
            return null;
        }
    }

    private void Write(string file, ChatResponse response)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var temporary = $"{file}.{Guid.NewGuid():N}";
        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, response, Format);
        }

        File.Move(temporary, file, overwrite: true);
    }
}
