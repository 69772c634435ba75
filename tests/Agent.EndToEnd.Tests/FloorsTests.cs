using System.Xml.Linq;

namespace Agent.EndToEnd.Tests;

/// <summary>The architecture, checked: dependencies run down the floors only.</summary>
public class FloorsTests
{
    private static readonly Dictionary<string, int> Floors = new(StringComparer.Ordinal)
    {
        ["Agent.Abstractions"] = 0,
        ["Agent.Json"] = 0,
        ["Agent.StreamableHttp"] = 0,
        ["Agent.Governance"] = 1,
        ["Agent.Models"] = 1,
        ["Agent.Mcp"] = 1,
        ["Agent.Runtime"] = 2,
        ["Agent.Cli"] = 3,
    };

    [Fact]
    public void References_OfEveryProjectInSrc_RunDown()
    {
        var projects = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            foreach (var reference in References(project).Where(static reference => reference.StartsWith("Agent.", StringComparison.Ordinal) && !reference.StartsWith("Agent.Tools.", StringComparison.Ordinal)))
            {
                Assert.True(Floors[reference] < Floors[name], $"{name} must not use {reference}");
            }
        }
    }

    [Fact]
    public void References_OfTheServers_LeaveSrcAlone()
    {
        foreach (var project in Directory.GetFiles(Path.Combine(Repository.Root, "tools"), "*.csproj", SearchOption.AllDirectories))
        {
            // The HTTP endpoint is protocol, not product: it stands in for an SDK package.
            Assert.All(References(project), static reference =>
                Assert.True(reference is "Agent.Tools.Hosting" or "Agent.StreamableHttp", reference));
        }
    }

    private static IEnumerable<string> References(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Where(static reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
        .Select(static reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')));
}
