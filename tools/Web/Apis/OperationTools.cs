using Agent.Tools.Hosting;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>One tool for each operation of an API.</summary>
internal static class OperationTools
{
    /// <summary>The tools of an API.</summary>
    /// <param name="api">The API.</param>
    /// <param name="prefixed">Whether the API's name stands before each, because there are several.</param>
    /// <param name="taken">Names of tools that are there already; those of the API are added.</param>
    /// <returns>The tools.</returns>
    public static IEnumerable<ServerTool> Of(Api api, bool prefixed, ISet<string> taken)
    {
        foreach (var operation in api.Operations)
        {
            var name = prefixed ? OperationNames.WithPrefix(api.Name, operation.Name) : operation.Name;
            if (!taken.Add(name))
            {
                name = OperationNames.WithPrefix(api.Name, operation.Name);
                for (var again = 2; !taken.Add(name); again++)
                {
                    name = OperationNames.WithPrefix(api.Name, $"{operation.Name}_{again}");
                }
            }

            yield return Of(api, operation, name);
        }
    }

    private static ServerTool Of(Api api, ApiOperation operation, string name)
    {
        var correction = api.Options.Annotations.GetValueOrDefault(operation.Name);
        var readOnly = api.IsReadOnly(operation);
        return new ServerTool
        {
            Name = name,
            Title = Prose.Short(operation.Summary is { Length: > 0 } summary ? summary : $"{operation.Method} {operation.Path}", 80),
            Description = OperationSchema.Description(operation, api.Name),
            InputSchema = api.Schema(operation).InputJson,
            OutputSchema = OperationSchema.Output(operation).ToJsonString(),
            ReadOnly = readOnly,
            Destructive = correction?.Destructive ?? operation.Method == "DELETE",
            Idempotent = correction?.Idempotent ?? (readOnly || operation.IsIdempotent),
            OpenWorld = true,
            Previews = true,
            Handler = (request, cancellationToken) =>
                OperationCall.Read(request, request.Arguments, OperationSchema.Select, OperationSchema.Cursor, OperationSchema.Pages)
                    .RunAsync(api, operation, request, cancellationToken),
        };
    }
}
