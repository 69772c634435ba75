using Agent.Conformance.Server;

// usage: server stdio [--old] | server rude KIND | server suite PORT
return args switch
{
    ["stdio", .. var rest] => await Fixture.RunStdioAsync(rest.Contains("--old")),
    ["suite", var port] => await Suite.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)),
    ["rude", var kind] => await RudeServer.RunAsync(kind),
    _ => 2,
};
