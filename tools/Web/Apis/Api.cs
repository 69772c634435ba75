using System.Collections.Concurrent;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Security;

namespace Agent.Tools.Web.Apis;

/// <summary>A configured API, loaded.</summary>
internal sealed class Api : IDisposable
{
    private readonly ConcurrentDictionary<string, OperationSchema> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ApiOperation> _byName;

    public Api(string name, ApiOptions options, ApiDescription description, WebClient client, CredentialStore credentials)
    {
        Name = name;
        Options = options;
        Description = description;
        Operations = OperationFilter.Apply(description.Operations, options);
        Client = client;
        Credentials = credentials;
        _byName = Operations.ToDictionary(o => o.Name, StringComparer.OrdinalIgnoreCase);
    }

    public string Name { get; }

    public ApiOptions Options { get; }

    public ApiDescription Description { get; }

    /// <summary>The operations that the configuration's filters leave.</summary>
    public IReadOnlyList<ApiOperation> Operations { get; }

    public WebClient Client { get; }

    public CredentialStore Credentials { get; }

    /// <summary>Whether each operation is a tool of its own.</summary>
    public bool OffersTools => Options.Mode == OfferMode.Tools || (Options.Mode == OfferMode.Auto && Operations.Count <= Options.MaxTools);

    /// <summary>Whether an operation only reads, by its method or by the operator's word.</summary>
    public bool IsReadOnly(ApiOperation operation) => Options.Annotations.GetValueOrDefault(operation.Name)?.ReadOnly ?? operation.IsSafe;

    public ApiOperation? Find(string name) => _byName.GetValueOrDefault(name);

    public OperationSchema Schema(ApiOperation operation) => _schemas.GetOrAdd(operation.Name, _ => OperationSchema.For(operation));

    /// <summary>Where an operation is called.</summary>
    /// <exception cref="ToolException">Nobody says where.</exception>
    public string BaseUrl(ApiOperation operation) => ServerAddress.Of(Options, operation.Servers)
        ?? throw new ToolException($"The document of {Name} does not say where the API is; an operator sets server for it in the configuration.");

    public void Dispose() => Client.Dispose();
}
