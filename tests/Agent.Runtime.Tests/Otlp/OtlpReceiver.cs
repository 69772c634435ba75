using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;

namespace Agent.Runtime.Tests.Otlp;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentId, string Name, int Kind, int Status, string Scope, string Service, IReadOnlyDictionary<string, object> Attributes);

/// <summary>A metric as it came over the wire, with the attributes of its points.</summary>
internal sealed record ReceivedMetric(string Name, string Unit, string Scope, IReadOnlyList<IReadOnlyDictionary<string, object>> Points);

/// <summary>
/// An OTLP receiver over HTTP with protobuf bodies, on a free port of the loopback. It reads the wire format itself, so that what is
/// checked is what any other receiver would have got. Field numbers: github.com/open-telemetry/opentelemetry-proto, v1.
/// </summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public OtlpReceiver()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Endpoint = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Endpoint { get; }

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentQueue<ReceivedMetric> Metrics { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait(TimeSpan.FromSeconds(5));
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = context.Request.Url!.AbsolutePath;
            Requests.Enqueue($"{context.Request.HttpMethod} {path} {context.Request.ContentType}");
            using var body = new MemoryStream();
            await using (var input = context.Request.Headers["Content-Encoding"] == "gzip" ? new GZipStream(context.Request.InputStream, CompressionMode.Decompress) : context.Request.InputStream)
            {
                await input.CopyToAsync(body);
            }

            var message = new Protobuf(body.ToArray());
            if (path == "/v1/traces")
            {
                ReadTraces(message);
            }
            else if (path == "/v1/metrics")
            {
                ReadMetrics(message);
            }

            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private void ReadTraces(Protobuf request)
    {
        foreach (var resource in request.Messages(1))
        {
            var service = Service(resource);
            foreach (var scope in resource.Messages(2))
            {
                var name = scope.Message(1).Text(1);
                foreach (var span in scope.Messages(2))
                {
                    Spans.Enqueue(new ReceivedSpan(
                        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6), (int)span.Message(15).Number(3), name, service, Attributes(span, 9)));
                }
            }
        }
    }

    private void ReadMetrics(Protobuf request)
    {
        foreach (var resource in request.Messages(1))
        {
            foreach (var scope in resource.Messages(2))
            {
                foreach (var metric in scope.Messages(2))
                {
                    // Gauge 5, sum 7, histogram 9, each with its points in 1; attributes are field 9 of a histogram's point, 7 of a number's.
                    List<IReadOnlyDictionary<string, object>> points = [];
                    foreach (var (kind, attributes) in ((int, int)[])[(5, 7), (7, 7), (9, 9)])
                    {
                        points.AddRange(metric.Messages(kind).SelectMany(static data => data.Messages(1)).Select(point => Attributes(point, attributes)));
                    }

                    Metrics.Enqueue(new ReceivedMetric(metric.Text(1), metric.Text(3), scope.Message(1).Text(1), points));
                }
            }
        }
    }

    private static string Service(Protobuf resource) =>
        Attributes(resource.Message(1), 1).GetValueOrDefault("service.name") as string ?? string.Empty;

    private static Dictionary<string, object> Attributes(Protobuf message, int field) =>
        message.Messages(field).ToDictionary(static pair => pair.Text(1), static pair => Value(pair.Message(2)));

    /// <summary>AnyValue: string 1, bool 2, int 3, double 4, array 5.</summary>
    private static object Value(Protobuf value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? value.Number(2) == 1
        : value.Has(3) ? value.Number(3)
        : value.Has(4) ? BitConverter.Int64BitsToDouble(value.Number(4))
        : value.Has(5) ? string.Join(',', value.Message(5).Messages(1).Select(Value))
        : string.Empty;
}
