using Agent.Conformance.Server;

// usage: server stdio [--old] | server rude KIND
return args switch
{
    ["stdio", .. var rest] => await Fixture.RunStdioAsync(rest.Contains("--old")),
    ["rude", var kind] => await RudeServer.RunAsync(kind),
    _ => 2,
};
